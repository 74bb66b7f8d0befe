using System.Collections.Immutable;

namespace Slipway.Versions;

/// <summary>All tags of a repository: the one source of what is released, how it turned out, and what runs where.</summary>
public sealed class TagSet
{
    private readonly ILookup<ProjectVersion, StateTag> _states;
    private readonly ImmutableDictionary<string, Tag> _byName;

    public TagSet(IEnumerable<Tag> tags)
    {
        All = [.. tags.OrderBy(tag => tag.Name, StringComparer.Ordinal)];
        _byName = All.ToImmutableDictionary(tag => tag.Name, StringComparer.Ordinal);
        _states = All.OfType<StateTag>().ToLookup(tag => tag.Version);
        Versions = [.. All.OfType<VersionTag>().OrderByDescending(tag => tag.Version)];
    }

    public static TagSet Empty { get; } = new([]);

    public ImmutableArray<Tag> All { get; }

    /// <summary>Every version tag, highest first within a sub-project.</summary>
    public ImmutableArray<VersionTag> Versions { get; }

    /// <param name="tags">Name without <c>refs/tags/</c>, and commit.</param>
    public static TagSet Parse(IEnumerable<(string Name, string CommitSha)> tags, IReadOnlySet<string> environments) =>
        new(tags.Select(tag => Tag.Parse(tag.Name, tag.CommitSha, environments)));

    public Tag? Find(string name) => _byName.GetValueOrDefault(name);

    public VersionTag? Find(ProjectVersion version) => Find(version.FullVersion) as VersionTag;

    /// <summary>Versions of a sub-project, highest first.</summary>
    public ImmutableArray<VersionTag> Of(string subProjectPath) =>
        [.. Versions.Where(tag => tag.Version.SubProjectPath == subProjectPath)];

    /// <summary>Versions at a commit, highest first.</summary>
    public ImmutableArray<VersionTag> At(string commitSha, string subProjectPath) =>
        [.. Of(subProjectPath).Where(tag => tag.CommitSha == commitSha)];

    public VersionState StateOf(ProjectVersion version) =>
        _states[version].Select(tag => tag.State).DefaultIfEmpty(VersionState.None).Max();

    /// <summary>The environment's tag; null before its first deployment.</summary>
    public EnvironmentTag? Pointer(string environment, string subProjectPath) =>
        Find(EnvironmentTag.NameOf(subProjectPath, environment)) as EnvironmentTag;

    /// <summary>What the environment runs: the highest version at the commit of its tag; null when there is none.</summary>
    public ProjectVersion? CurrentVersion(string environment, string subProjectPath) =>
        Pointer(environment, subProjectPath) is { } pointer
            ? At(pointer.CommitSha, subProjectPath).FirstOrDefault()?.Version
            : null;

    /// <summary>The next patch version of a sub-project; <c>v0.1.0</c> when it has none yet.</summary>
    public ProjectVersion NextPatch(string subProjectPath) =>
        Of(subProjectPath).FirstOrDefault()?.Version.NextPatch() ?? ProjectVersion.Of(subProjectPath, 0, 1, 0);
}
