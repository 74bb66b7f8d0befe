using System.Collections.Immutable;

namespace Slipway.Backups;

/// <summary>Tables as they were counted in the snapshot against tables as they were restored.</summary>
public static class FingerprintComparison
{
    private const int Shown = 5;

    /// <returns>Null when all agree; otherwise what differs, the first few by name.</returns>
    public static string? Difference(ImmutableArray<TableFingerprint> source, ImmutableArray<TableFingerprint> restored)
    {
        var there = restored.ToDictionary(table => table.Name);
        var differences = new List<string>();
        foreach (var table in source)
        {
            if (!there.Remove(table.Name, out var found))
                differences.Add($"{table.Name} is missing");
            else if (found.Rows != table.Rows)
                differences.Add($"{table.Name} has {found.Rows} rows, the source had {table.Rows}");
            else if (found.Checksum != table.Checksum)
                differences.Add($"{table.Name} has other content than the source in its {table.Rows} rows");
        }
        differences.AddRange(there.Keys.Order(StringComparer.Ordinal).Select(name => $"{name} was not in the source"));
        return differences.Count switch
        {
            0 => null,
            <= Shown => string.Join("; ", differences),
            _ => string.Join("; ", differences.Take(Shown)) + $"; and {differences.Count - Shown} more",
        };
    }
}
