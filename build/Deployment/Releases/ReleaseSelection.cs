using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Releases;

/// <summary>What was asked for, and where the checkout stands.</summary>
/// <param name="HeadSha">The commit that is checked out: what is built is this.</param>
/// <param name="Version"><c>--version</c>, as typed.</param>
/// <param name="PushedRef">The ref of the event, e.g. <c>refs/tags/v1.2.3</c>; a branch says nothing about the version.</param>
/// <param name="SubProject"><c>--project</c>; null when not given.</param>
/// <param name="Force"><c>--force</c>: an unstable version may go, with <paramref name="Reason"/>.</param>
/// <param name="MakesVersions">Sandbox: without a version asked for, the next patch version of HEAD is made.</param>
public sealed record ReleaseRequest(
    string HeadSha,
    string? Version = null,
    string? PushedRef = null,
    string? SubProject = null,
    bool Force = false,
    string? Reason = null,
    bool MakesVersions = false
);

/// <summary>Which version is released, at which commit.</summary>
/// <param name="GitRef">The ref that names it.</param>
/// <param name="TagIsNew">Whether the tag is yet to be made (sandbox).</param>
/// <param name="ForceReason">Why a vetoed version goes nevertheless; null when nothing was overridden.</param>
public sealed record ReleaseSelection(
    ProjectVersion Version,
    string CommitSha,
    string GitRef,
    bool TagIsNew,
    string? ForceReason
)
{
    /// <param name="tags">Tags of the checkout.</param>
    /// <param name="remote">Tags of the remote, which count; null when there is none to ask.</param>
    /// <exception cref="PipelineException">Nothing to release, or it may not be.</exception>
    public static ReleaseSelection Select(ReleaseRequest request, TagSet tags, TagSet? remote = null)
    {
        if (request.Force && string.IsNullOrWhiteSpace(request.Reason))
            throw new PipelineException(ExitCode.Usage, "--force needs a reason", "--reason=\"why\"");
        var all = remote ?? tags;
        if (request is { MakesVersions: true, Version: null })
            return Made(request, all);
        var version = Wanted(request, tags);
        CheckSubProject(request, version);
        CheckTag(request, version, tags, remote);
        return new(version, request.HeadSha, version.TagRef, TagIsNew: false, Veto(request, version, all));
    }

    private static ReleaseSelection Made(ReleaseRequest request, TagSet tags)
    {
        var next = tags.NextPatch(request.SubProject ?? "");
        return new(next, request.HeadSha, next.TagRef, TagIsNew: true, ForceReason: null);
    }

    private static ProjectVersion Wanted(ReleaseRequest request, TagSet tags)
    {
        if (request.Version is { } typed)
            return ProjectVersion.Parse(WithoutPrefix(typed));
        if (request.PushedRef is { } pushed && pushed.StartsWith("refs/tags/", StringComparison.Ordinal))
            return ProjectVersion.Parse(WithoutPrefix(pushed));
        var here = tags.At(request.HeadSha, request.SubProject ?? "");
        return here.IsEmpty
            ? throw new PipelineException(
                $"no version tag stands at the commit {Short(request.HeadSha)}",
                $"a tag {(request.SubProject is { Length: > 0 } path ? path + "/" : "")}vMAJOR.MINOR.PATCH there, or --version=<tag>",
                "./build.sh --target=ReleaseVersion"
            )
            : here[0].Version;
    }

    private static void CheckSubProject(ReleaseRequest request, ProjectVersion version)
    {
        if (request.SubProject is not { } project || project == version.SubProjectPath)
            return;
        var meant = (project.Length == 0 ? "" : project + "/") + version.Semver;
        throw new PipelineException(
            ExitCode.Usage,
            $"{version} is a version of {Name(version.SubProjectPath)}, --project asks for {Name(project)}",
            $"a version of {Name(project)}",
            $"--version={meant}"
        );
    }

    private static void CheckTag(ReleaseRequest request, ProjectVersion version, TagSet tags, TagSet? remote)
    {
        var tag = tags.Find(version);
        var remoteTag = remote?.Find(version);
        if (tag is null && remoteTag is null)
            throw new PipelineException(
                $"there is no tag {version}",
                "a version tag that exists" + (Nearest(tags, version) is { } near ? $", e.g. {near}" : ""),
                $"git tag {version} && git push origin {version}"
            );
        if (remote is not null && remoteTag is null)
            throw new PipelineException(
                $"the tag {version} is not pushed",
                "a tag that the remote has too",
                $"git push origin {version}"
            );
        if (tag is not null && remoteTag is not null && tag.CommitSha != remoteTag.CommitSha)
            throw new PipelineException(
                $"the tag {version} was moved: here it stands at {Short(tag.CommitSha)}, at the remote at {Short(remoteTag.CommitSha)}",
                "a version tag that never moves",
                "./build.sh --target=ReleaseVersion"
            );
        var commit = (remoteTag ?? tag!).CommitSha;
        if (commit == request.HeadSha)
            return;
        var pushed = request.PushedRef == version.TagRef && request.Version is null;
        throw new PipelineException(
            pushed
                ? $"the tag {version} was moved: it was pushed at {Short(request.HeadSha)} and now stands at {Short(commit)}"
                : $"the tag {version} stands at {Short(commit)}, the checkout at {Short(request.HeadSha)}: something else would be built",
            "the tag and the checkout at the same commit",
            pushed ? "./build.sh --target=ReleaseVersion" : $"git checkout {version}"
        );
    }

    /// <returns>The reason for an override, null when none was needed.</returns>
    private static string? Veto(ReleaseRequest request, ProjectVersion version, TagSet tags) =>
        tags.StateOf(version) switch
        {
            VersionState.Deprecated => throw new PipelineException(
                $"{version} is deprecated (tag {StateTag.NameOf(version, VersionState.Deprecated)})",
                "a version that is not; --force does not help here",
                "./build.sh --target=ReleaseVersion"
            ),
            VersionState.Unstable when !request.Force => throw new PipelineException(
                $"{version} is unstable (tag {StateTag.NameOf(version, VersionState.Unstable)})",
                "a version that is not, or --force with --reason",
                $"--version={version} --force --reason=\"why\""
            ),
            VersionState.Unstable => $"unstable version: {request.Reason!.Trim()}",
            _ => null,
        };

    private static string WithoutPrefix(string text) =>
        text.StartsWith("refs/tags/", StringComparison.Ordinal) ? text["refs/tags/".Length..] : text;

    private static ProjectVersion? Nearest(TagSet tags, ProjectVersion version) =>
        tags.Of(version.SubProjectPath).FirstOrDefault()?.Version;

    private static string Short(string sha) => Tag.IsCommitSha(sha) ? sha[..7] : QuotedText.Of(sha);

    private static string Name(string path) => path.Length == 0 ? "the root" : $"\"{path}\"";
}
