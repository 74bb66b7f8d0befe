using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>What earlier statements of the same run have made: a table that nobody reads yet can be locked at will.</summary>
internal sealed class ClassificationState(KnownSchema schema)
{
    private readonly HashSet<string> _created = new(StringComparer.Ordinal);
    private readonly HashSet<string> _notNull = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _notNullPending = new(StringComparer.Ordinal);
    private readonly HashSet<string> _constraintsOfTransaction = new(StringComparer.Ordinal);

    private readonly HashSet<string> _constrainedDomains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> _indexes = new(StringComparer.Ordinal);

    public KnownSchema Schema { get; } = schema;

    /// <summary>Whether the statement runs in a transaction of several, so that its locks last to the end of the file.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>Existing tables that the transaction has locked against every reader so far.</summary>
    public List<string> LockedByTransaction { get; } = [];

    public void StartFile(bool inTransaction)
    {
        InTransaction = inTransaction;
        LockedByTransaction.Clear();
        _constraintsOfTransaction.Clear();
    }

    public void Create(string name) => _created.Add(name);

    public void Forget(string name) => _created.Remove(name);

    public void Rename(string from, string to)
    {
        if (_created.Remove(from))
            _created.Add(to);
    }

    public bool IsNew(string name) => _created.Contains(name);

    public void AddNotValid(string table, string constraint, string? notNullColumn)
    {
        _constraintsOfTransaction.Add($"{table}/{constraint}");
        if (notNullColumn is not null)
            _notNullPending[$"{table}/{constraint}"] = $"{table}.{notNullColumn}";
    }

    /// <returns>Whether the constraint was added in this very transaction, whose strong lock is then held over the scan.</returns>
    public bool Validate(string table, string constraint)
    {
        if (_notNullPending.TryGetValue($"{table}/{constraint}", out var column))
            _notNull.Add(column);
        return InTransaction && _constraintsOfTransaction.Contains($"{table}/{constraint}");
    }

    public bool IsKnownNotNull(string column) =>
        _notNull.Contains(column) || Schema.NotNullColumns.Contains(column) || Schema.NotNullChecks.Contains(column);

    public void AddConstrainedDomain(string name) => _constrainedDomains.Add(name);

    public bool IsConstrainedDomain(string type) =>
        _constrainedDomains.Contains(type) || Schema.ConstrainedDomains.Contains(type);

    /// <param name="columns"><c>table.column</c> of each; empty when it is over an expression.</param>
    public void AddIndex(string name, ImmutableArray<string> columns) => _indexes[name] = columns;

    /// <summary>Whether no column of the index can be null, so that a primary key made of it reads no row.</summary>
    public bool IsOverNotNull(string index)
    {
        var columns = _indexes.TryGetValue(index, out var made)
            ? made
            : Schema.UniqueIndexes.GetValueOrDefault(index)?.Columns ?? [];
        return !columns.IsEmpty && columns.All(IsKnownNotNull);
    }
}
