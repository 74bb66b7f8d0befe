using System.Collections.Immutable;
using Slipway.Environments;

namespace Slipway.Toolbox;

/// <summary>How a tool's version is found without waiting for it.</summary>
public enum VersionProbe
{
    /// <summary>Being there is enough: its version is not asked, because that is slow or not possible.</summary>
    None,

    /// <summary>The first program is run with <see cref="Tool.VersionArguments"/>.</summary>
    Run,

    /// <summary>The installed npm package says it.</summary>
    NpmPackage,
}

/// <summary>Where a tool comes from. Null or empty: not to be had that way.</summary>
/// <param name="Apt">Packages of Debian and Ubuntu.</param>
/// <param name="Brew">Arguments of <c>brew install</c>.</param>
/// <param name="Winget">Package id.</param>
/// <param name="Npm">Package pinned in <c>build/npm/package-lock.json</c>: Bootstrap installs it.</param>
/// <param name="AptByHand">What to type on Debian and Ubuntu when it is in no repository that they come with.</param>
/// <param name="WindowsByHand">What to do on Windows without a package.</param>
public sealed record ToolOrigin(
    ImmutableArray<string> Apt,
    string? Brew = null,
    string? Winget = null,
    string? Npm = null,
    string? AptByHand = null,
    string? WindowsByHand = null
);

/// <summary>A program that the pipeline runs.</summary>
/// <param name="Programs">All must be there; <c>a|b</c>: one of these names.</param>
/// <param name="Purpose">What it is for, a few words.</param>
/// <param name="Targets">Targets that need it; <c>*</c>: every one.</param>
public sealed record Tool(
    string Name,
    ImmutableArray<string> Programs,
    string Purpose,
    ImmutableArray<string> Targets,
    ToolOrigin Origin
)
{
    /// <summary>Oldest version that works; null: any.</summary>
    public Version? Minimum { get; init; }

    public VersionProbe Probe { get; init; } = VersionProbe.Run;

    public ImmutableArray<string> VersionArguments { get; init; } = ["--version"];

    /// <summary>Engines it is needed for; empty: all.</summary>
    public ImmutableArray<EngineKind> Engines { get; init; } = [];

    /// <summary>The pipeline does without it; Doctor says what is better with it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Folders looked in beside PATH; <c>*</c> stands for any name, <c>$NAME</c> at the beginning for a variable.</summary>
    public ImmutableArray<string> Folders { get; init; } = [];

    public bool IsNeededFor(string target, EngineKind engine) =>
        !IsOptional
        && (Targets.Contains("*") || Targets.Contains(target))
        && (Engines.IsEmpty || Engines.Contains(engine));
}
