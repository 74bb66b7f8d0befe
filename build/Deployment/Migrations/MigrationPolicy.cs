using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>A version that still needs the schema as it was.</summary>
/// <param name="Version">E.g. <c>v1.2.3</c>.</param>
/// <param name="Why">E.g. <c>serving</c>, <c>inside the rollback window until 12:30</c>.</param>
/// <param name="Words">Every word of its source text that could be a table or column: see <see cref="SchemaWords"/>.</param>
public sealed record ReadingVersion(string Version, string Why, ImmutableHashSet<string> Words);

/// <summary>A finding that stops the migrations.</summary>
public sealed record MigrationRefusal(StatementFinding Finding, string Why);

/// <param name="Refusals">Empty when the migrations may be applied.</param>
/// <param name="Overridden">What would have stopped them but for <c>--force --reason</c>.</param>
public sealed record MigrationDecision(
    ImmutableArray<MigrationRefusal> Refusals,
    ImmutableArray<MigrationRefusal> Overridden
)
{
    public bool Allowed => Refusals.IsEmpty;
}

/// <summary>
/// Expand is applied. Contract is applied when no version that serves or could serve again reads what goes. Unsafe is
/// not applied. A reason given with <c>--force</c> overrides both and is kept.
/// </summary>
public static class MigrationPolicy
{
    /// <param name="readers">Null: nobody looked, so every version may read everything. Empty: no version is there to read.</param>
    /// <param name="forceReason">Null or blank: nothing is overridden.</param>
    public static MigrationDecision Decide(
        ImmutableArray<StatementFinding> findings,
        ImmutableArray<ReadingVersion>? readers,
        string? forceReason
    )
    {
        var stopped = findings
            .Select(finding => (finding, why: Why(finding, readers)))
            .Where(one => one.why is not null)
            .Select(one => new MigrationRefusal(one.finding, one.why!))
            .ToImmutableArray();
        return string.IsNullOrWhiteSpace(forceReason)
            ? new MigrationDecision(stopped, [])
            : new MigrationDecision([], stopped);
    }

    private static string? Why(StatementFinding finding, ImmutableArray<ReadingVersion>? readers) =>
        finding.Class switch
        {
            MigrationClass.Expand => null,
            MigrationClass.Unsafe => finding.Lock is null ? "unsafe" : $"unsafe: it takes {finding.Lock}",
            _ when readers is null => "it takes away something, and nothing says that no version reads it",
            _ => Readers(finding.Target, readers.Value),
        };

    private static string? Readers(string? target, ImmutableArray<ReadingVersion> readers)
    {
        var reading = readers.Where(version => target is null || SchemaWords.Reads(version.Words, target)).ToList();
        return reading.Count == 0
            ? null
            : $"{target ?? "what goes"} is still read by {string.Join(" and ", reading.Select(v => $"{v.Version} ({v.Why})"))}";
    }
}
