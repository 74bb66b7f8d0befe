using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>What was noted of a migration when it was applied.</summary>
public sealed record RecordedMigration(string Version, string File, string Sha256, string DeploymentId);

/// <param name="Unknown">Applied before anything was noted: taken as they are now, and noted.</param>
/// <param name="Edited">Files whose content is no longer what was applied.</param>
/// <param name="Deleted">Versions that are applied and have no file any more.</param>
/// <param name="OutOfOrder">Pending files whose version is lower than one that is applied.</param>
public sealed record MigrationDrift(
    ImmutableArray<MigrationFile> Unknown,
    ImmutableArray<string> Edited,
    ImmutableArray<string> Deleted,
    ImmutableArray<string> OutOfOrder
)
{
    public bool IsClean => Edited.IsEmpty && Deleted.IsEmpty && OutOfOrder.IsEmpty;

    /// <summary>A line for each thing that is wrong.</summary>
    public IEnumerable<string> Explain() =>
        Edited
            .Select(file => $"{file} was edited after it had been applied")
            .Concat(Deleted.Select(version => $"{version} is applied and its file is gone"))
            .Concat(OutOfOrder.Select(file => $"{file} is older than migrations that are applied"));
}

/// <summary>Compares the files with what the database says was applied: migration tools do not notice an edit.</summary>
public static class MigrationLedger
{
    public static MigrationDrift Compare(
        ImmutableArray<MigrationFile> files,
        ImmutableArray<string> appliedVersions,
        ImmutableArray<RecordedMigration> recorded
    )
    {
        var applied = appliedVersions.ToHashSet(StringComparer.Ordinal);
        var noted = recorded.ToDictionary(one => one.Version, StringComparer.Ordinal);
        var present = files.Select(file => file.Version).ToHashSet(StringComparer.Ordinal);
        var newest = appliedVersions.IsEmpty ? "" : appliedVersions.Max(StringComparer.Ordinal)!;
        return new MigrationDrift(
            [.. files.Where(file => applied.Contains(file.Version) && !noted.ContainsKey(file.Version))],
            [
                .. files
                    .Where(file => applied.Contains(file.Version))
                    .Where(file => noted.TryGetValue(file.Version, out var then) && then.Sha256 != file.Sha256)
                    .Select(file => file.File),
            ],
            [
                .. appliedVersions
                    .Where(version => !present.Contains(version))
                    .Select(version => noted.TryGetValue(version, out var then) ? then.File : version)
                    .Order(StringComparer.Ordinal),
            ],
            [
                .. files
                    .Where(file => !applied.Contains(file.Version) && string.CompareOrdinal(file.Version, newest) < 0)
                    .Select(file => file.File),
            ]
        );
    }
}
