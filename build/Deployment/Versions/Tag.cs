using System.Collections.Immutable;

namespace Slipway.Versions;

/// <summary>What people found out about a version. Several can be tagged: the worst one counts.</summary>
public enum VersionState
{
    /// <summary>No state tag.</summary>
    None,
    Stable,
    Unstable,
    Deprecated,
}

/// <summary>A tag of the repository and the commit it comes down to (an annotated tag's commit, not its object).</summary>
/// <param name="Name">Without <c>refs/tags/</c>.</param>
/// <param name="CommitSha">40 lower-case hex digits.</param>
public abstract record Tag(string Name, string CommitSha)
{
    /// <summary>Whether the pipeline may ever point it at another commit. Version and state tags never move.</summary>
    public virtual bool IsMovable => false;

    /// <param name="environments">Names that have a folder under <c>environments/</c>.</param>
    public static Tag Parse(string name, string commitSha, IReadOnlySet<string> environments)
    {
        if (!IsCommitSha(commitSha))
            return new UnrelatedTag(name, commitSha, "its commit is not 40 hex digits");
        var slash = name.LastIndexOf('/');
        var path = slash < 0 ? "" : name[..slash];
        var last = name[(slash + 1)..];
        if (environments.Contains(last))
            return slash != 0 && SubProjectPaths.Refusal(path) is null
                ? new EnvironmentTag(name, commitSha, path, last)
                : new UnrelatedTag(name, commitSha, "its sub-project path is not one");
        if (StateTag.TryParse(name, commitSha) is { } state)
            return state;
        return ProjectVersion.TryParse(name, out var version, out var error)
            ? new VersionTag(name, commitSha, version)
            : new UnrelatedTag(name, commitSha, error);
    }

    public static bool IsCommitSha(string? text) =>
        text is { Length: 40 } && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}

/// <summary>Names a release; never moved, never deleted.</summary>
public sealed record VersionTag(string Name, string CommitSha, ProjectVersion Version) : Tag(Name, CommitSha);

/// <summary>Says what a release turned out to be; never moved, never deleted.</summary>
/// <param name="Version">The version it is about.</param>
public sealed record StateTag(string Name, string CommitSha, ProjectVersion Version, VersionState State)
    : Tag(Name, CommitSha)
{
    /// <summary>The reserved words and what they say.</summary>
    public static ImmutableSortedDictionary<string, VersionState> Words { get; } =
        ImmutableSortedDictionary<string, VersionState>
            .Empty.Add("stable", VersionState.Stable)
            .Add("unstable", VersionState.Unstable)
            .Add("deprecated", VersionState.Deprecated);

    /// <summary>The tag's name for a version, e.g. <c>api/v1.2.3-stable</c>; null for a prerelease, which has no state.</summary>
    public static string? NameOf(ProjectVersion version, VersionState state) =>
        version.IsPrerelease || state == VersionState.None
            ? null
            : $"{version.FullVersion}-{Words.Single(word => word.Value == state).Key}";

    internal static StateTag? TryParse(string name, string commitSha)
    {
        var hyphen = name.LastIndexOf('-');
        return
            hyphen > 0
            && Words.TryGetValue(name[(hyphen + 1)..], out var state)
            && ProjectVersion.TryParse(name[..hyphen], out var version, out _)
            && !version.IsPrerelease
            ? new StateTag(name, commitSha, version, state)
            : null;
    }
}

/// <summary>Points at what an environment runs; moved by the pipeline, by compare-and-swap only.</summary>
public sealed record EnvironmentTag(string Name, string CommitSha, string SubProjectPath, string Environment)
    : Tag(Name, CommitSha)
{
    public override bool IsMovable => true;

    public static string NameOf(string subProjectPath, string environment) =>
        subProjectPath.Length == 0 ? environment : $"{subProjectPath}/{environment}";
}

/// <param name="Why">Why it is none of the three kinds.</param>
public sealed record UnrelatedTag(string Name, string CommitSha, string Why) : Tag(Name, CommitSha);
