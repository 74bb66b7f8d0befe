using System.Collections.Immutable;

namespace Slipway.Products;

/// <summary><c>slipway.json</c> at the root: what all environments share, and how each sub-project is built, tested and migrated.</summary>
public sealed record ProductConfiguration
{
    public required string Name { get; init; }

    /// <summary>GitHub repository <c>owner/name</c>; null outside GitHub.</summary>
    public string? Repository { get; init; }

    public string DefaultEnvironment { get; init; } = "sandbox";

    public required ImmutableArray<SubProject> SubProjects { get; init; }

    /// <summary>Stages that a sub-project may go without (a missing APK, a first deployment without a database).</summary>
    public ImmutableArray<string> OptionalStages { get; init; } = [];
}

/// <param name="Path">Prefix of its tags and its folder; empty for the root.</param>
/// <param name="Images">Services built as images.</param>
/// <param name="Flows">Folder of Maestro flows.</param>
public sealed record SubProject(
    string Path,
    ApkSettings? Apk,
    ImmutableArray<ImageSettings> Images,
    MigrationSettings? Migrations,
    string? Flows,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Commands
);

/// <param name="Command">argv of the build; <c>{version}</c>, <c>{versionCode}</c>, <c>{output}</c> are replaced in each argument.</param>
/// <param name="PackageId">What the APK must say.</param>
/// <param name="CertificateSha256">The signer that is expected; null accepts any (the sandbox makes a key).</param>
public sealed record ApkSettings(
    ImmutableArray<string> Command,
    string PackageId,
    int MinSdk,
    int TargetSdk,
    long MaximumBytes,
    string? CertificateSha256 = null
);

/// <param name="Service">Name of the service as in the environments.</param>
/// <param name="Context">Folder of the build context.</param>
/// <param name="Dockerfile">Path of the Dockerfile, relative to the repository.</param>
/// <param name="Prepare">argv that prepares the context in a copy of it (e.g. <c>npm ci</c>); empty for none.</param>
/// <param name="Start">argv that starts the service in its bundle, for the process engine.</param>
public sealed record ImageSettings(
    string Service,
    string Context,
    string Dockerfile,
    ImmutableArray<string> Prepare,
    ImmutableArray<string> Start
);

/// <param name="Folder">Folder of the migrations.</param>
/// <param name="Tool"><c>dbmate</c> (default), <c>prisma</c>, <c>npm</c> or <c>command</c>.</param>
/// <param name="Command">argv for <c>command</c>; <c>{environment}</c> is replaced.</param>
public sealed record MigrationSettings(string Folder, string Tool = "dbmate", ImmutableArray<string> Command = default);
