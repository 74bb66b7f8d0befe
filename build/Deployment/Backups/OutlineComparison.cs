using System.Collections.Immutable;
using System.Numerics;

namespace Slipway.Backups;

/// <summary>The structure of a database as it was in the snapshot against the restored one, where their dumps cannot be compared.</summary>
public static class OutlineComparison
{
    private const int Shown = 5;

    /// <param name="source">A line per table, column, index, constraint, view, function, trigger, type, sequence.</param>
    /// <returns>Null when both have the same lines; otherwise the first that one of them lacks.</returns>
    public static string? Difference(ImmutableArray<string> source, ImmutableArray<string> restored)
    {
        var missing = source
            .Except(restored, StringComparer.Ordinal)
            .Select(line => $"{line} did not come back")
            .ToArray();
        var added = restored.Except(source, StringComparer.Ordinal).Select(line => $"{line} was not in the source");
        string[] differences = [.. missing, .. added];
        return differences.Length switch
        {
            0 => null,
            <= Shown => string.Join("; ", differences),
            _ => string.Join("; ", differences.Take(Shown)) + $"; and {differences.Length - Shown} more",
        };
    }

    /// <summary>
    /// A sequence lives outside transactions: between the snapshot and the dump it may have gone on, never back. One
    /// that came back behind would hand out keys that exist already.
    /// </summary>
    public static string? SequenceDifference(
        ImmutableSortedDictionary<string, string> source,
        ImmutableSortedDictionary<string, string> restored,
        ImmutableArray<string> outline
    )
    {
        foreach (var (name, value) in source)
        {
            if (!restored.TryGetValue(name, out var found))
                return $"sequence {name} is missing";
            if (found == value || !BigInteger.TryParse(value, out var was))
                continue;
            var descends = outline.Any(line =>
                line.StartsWith($"sequence {name} increment -", StringComparison.Ordinal)
            );
            if (!BigInteger.TryParse(found, out var now) || (descends ? now > was : now < was))
                return $"sequence {name} stands at {found}, the source stood at {value}";
        }
        return null;
    }
}
