using System.Collections.Immutable;

namespace Slipway.Versions;

/// <param name="Tag">The tag's name.</param>
public sealed record TagFinding(string Tag, string Problem, string Expected)
{
    public override string ToString() => $"tag {QuotedText.Plain(Tag)}: {Problem}, expected {Expected}";
}

/// <summary>Whether the tags agree with each other and with the folders of <c>environments/</c>.</summary>
public static class TagConsistency
{
    /// <summary>Words that name an environment even where it has no folder.</summary>
    private static readonly ImmutableHashSet<string> WellKnown =
    [
        "production",
        "staging",
        "canary",
        "sandbox",
        "performance",
        "dev",
    ];

    public static ImmutableArray<TagFinding> Findings(TagSet tags, IReadOnlySet<string> environments) =>
        [
            .. tags
                .All.Select(tag =>
                    tag switch
                    {
                        EnvironmentTag pointer => OfPointer(pointer, tags),
                        StateTag state => OfState(state, tags),
                        VersionTag version => OfVersion(version, environments),
                        _ => OfUnrelated(tag, environments),
                    }
                )
                .OfType<TagFinding>(),
        ];

    private static TagFinding? OfPointer(EnvironmentTag pointer, TagSet tags) =>
        tags.At(pointer.CommitSha, pointer.SubProjectPath).IsEmpty
            ? new(
                pointer.Name,
                $"points at {pointer.CommitSha[..7]}, which no version tag names",
                "a version tag at the commit that an environment runs"
            )
            : null;

    private static TagFinding? OfState(StateTag state, TagSet tags) =>
        tags.Find(state.Version) switch
        {
            null => new(state.Name, "is about a version that has no tag", $"the version tag {state.Version}"),
            { } version when version.CommitSha != state.CommitSha => new(
                state.Name,
                $"stands at {state.CommitSha[..7]}, its version at {version.CommitSha[..7]}",
                "both at the same commit"
            ),
            _ => null,
        };

    private static TagFinding? OfVersion(VersionTag tag, IReadOnlySet<string> environments) =>
        tag
            .Version.Prerelease?.Split('.', '-')
            .FirstOrDefault(word => WellKnown.Contains(word) && !environments.Contains(word))
            is { } missing
            ? WithoutFolder(tag, missing)
            : null;

    private static TagFinding? OfUnrelated(Tag tag, IReadOnlySet<string> environments)
    {
        var last = tag.Name[(tag.Name.LastIndexOf('/') + 1)..];
        return WellKnown.Contains(last) && !environments.Contains(last) ? WithoutFolder(tag, last) : null;
    }

    private static TagFinding WithoutFolder(Tag tag, string environment) =>
        new(tag.Name, $"names the environment {environment}, which has no folder", $"environments/{environment}/");
}
