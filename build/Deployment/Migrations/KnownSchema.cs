using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <param name="Columns"><c>table.column</c> of each; empty when it is over an expression.</param>
public sealed record KnownIndex(string Table, ImmutableArray<string> Columns);

/// <summary>
/// What is known of the database before the migrations run. Without it, everything is taken to be large and in use.
/// Names have their schema unless that is <c>public</c>.
/// </summary>
/// <param name="ColumnTypes"><c>table.column</c> → type as <c>format_type</c> prints it, e.g. <c>character varying(50)</c>.</param>
/// <param name="NotNullChecks"><c>table.column</c> of every validated CHECK that rules out null.</param>
public sealed record KnownSchema(
    ImmutableSortedDictionary<string, string> ColumnTypes,
    ImmutableSortedSet<string> NotNullChecks
)
{
    public static KnownSchema Nothing { get; } =
        new(ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedSet<string>.Empty);

    /// <summary><c>table.column</c> of every column that is declared NOT NULL.</summary>
    public ImmutableSortedSet<string> NotNullColumns { get; init; } = ImmutableSortedSet<string>.Empty;

    /// <summary><c>table.column</c> of every column that a CHECK looks at: a change of its type reads every row.</summary>
    public ImmutableSortedSet<string> CheckedColumns { get; init; } = ImmutableSortedSet<string>.Empty;

    /// <summary>Domains with a CHECK or NOT NULL: a new column of such a type rewrites its table, default or not.</summary>
    public ImmutableSortedSet<string> ConstrainedDomains { get; init; } = ImmutableSortedSet<string>.Empty;

    /// <summary>Partitioned tables with a default partition: it is read when another partition is added.</summary>
    public ImmutableSortedSet<string> WithDefaultPartition { get; init; } = ImmutableSortedSet<string>.Empty;

    public ImmutableSortedDictionary<string, KnownIndex> UniqueIndexes { get; init; } =
        ImmutableSortedDictionary<string, KnownIndex>.Empty;
}
