namespace Slipway.Migrations;

/// <summary>What one rule says of one statement, or of one action of it.</summary>
/// <param name="Target">What goes: <c>users</c> or <c>users.email</c>; null where nothing does.</param>
internal sealed record Judgement(
    MigrationClass Class,
    string Rule,
    string? Lock = null,
    string? SaferWay = null,
    string? Target = null
)
{
    public static Judgement Expand(string rule, string? takes = null) => new(MigrationClass.Expand, rule, takes);

    public static Judgement Contract(string rule, string target, string? takes = null, string? saferWay = null) =>
        new(MigrationClass.Contract, rule, takes, saferWay, target);

    public static Judgement Unsafe(string rule, string? takes, string saferWay) =>
        new(MigrationClass.Unsafe, rule, takes, saferWay);

    public static Judgement FailsInTransaction(string rule, string saferWay) =>
        Unsafe(rule, null, $"it fails in a transaction: {saferWay}");

    public static Judgement Rewrite(string rule, string table, string saferWay) =>
        Unsafe(rule, $"{TableLock.AccessExclusive(table)} while every row is rewritten", saferWay);
}

/// <summary>PostgreSQL's table locks by what they stop.</summary>
internal static class TableLock
{
    /// <summary>Stops everything, reads too.</summary>
    public static string AccessExclusive(string table) => $"ACCESS EXCLUSIVE on {table}";

    /// <summary>Stops writes.</summary>
    public static string Share(string table) => $"SHARE on {table}";

    /// <summary>Stops writes and other schema changes.</summary>
    public static string ShareRowExclusive(string table) => $"SHARE ROW EXCLUSIVE on {table}";

    /// <summary>What ADD FOREIGN KEY takes, on both tables.</summary>
    public static string ShareRowExclusive(string table, string referenced) =>
        referenced == table ? ShareRowExclusive(table) : $"SHARE ROW EXCLUSIVE on {table} and {referenced}";

    /// <summary>Stops other schema changes only.</summary>
    public static string ShareUpdateExclusive(string table) => $"SHARE UPDATE EXCLUSIVE on {table}";

    /// <summary>What every writer takes; the rows it touches stay locked to the end of the transaction.</summary>
    public static string RowExclusive(string table) => $"ROW EXCLUSIVE on {table}";
}
