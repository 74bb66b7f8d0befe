using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Deployment.Tests;
using Slipway.Migrations;

namespace Slipway.Tools.Tests;

/// <summary>
/// What the classifier says of the table's migrations is what PostgreSQL does: each one runs in a transaction against a
/// schema made for it, and the server is asked which locks it took, what it rewrote and what it read.
/// </summary>
public partial class HazardsOnAServer
{
    private const string Schema = """
        create schema archive;
        create function archive.now() returns text volatile language sql as 'select random()::text';
        create extension citext; create extension "uuid-ossp"; create extension btree_gist;
        create schema my_schema;
        create function my_schema.make_key() returns text volatile language sql as 'select md5(random()::text)';
        create sequence seq; create sequence users_id_seq;
        create type mood as enum ('ok', 'bad');
        create type pair as (a int, b int);
        create domain positive as int;
        create table base (id int);
        create table orgs (id int primary key, name text);
        insert into orgs values (1, 'a');
        create table users (id int not null, email text, "Email" text default '', age int constraint users_age_check check (age > -1),
          first text, last text, name text unique, active boolean, during int4range, number positive, a int, constraint a check (a > -5));
        alter table users add constraint users_email_key unique (email);
        create index users_email on users (email);
        create unique index users_id on users (id);
        create unique index users_first on users (first);
        insert into users (id, email, name, first) values (1, 'a', 'a', 'x'), (2, 'b', 'b', 'y');
        create table orders (id int primary key, user_id int, total int);
        insert into orders values (1, 1, 1);
        create table children (id int generated always as identity) inherits (base);
        create table events (id int, at int) partition by range (at);
        create table events_old (id int, at int);
        insert into events_old values (1, 1);
        create materialized view totals as select 1 as id;
        create materialized view m as select 1 as id;
        create unique index on m (id);
        create view active_users as select id from users where active;
        create function f() returns trigger language plpgsql as 'begin return new; end';
        create function f(int) returns int language sql as 'select 1';
        create trigger t before insert on users for each row execute function f();
        create table archive (like users); create table log (id int); create table roles (id int);
        """;

    // Roles are the server's, not the database's.
    private const string NeedsARole =
        "do $$ begin create role app; exception when duplicate_object or unique_violation then null; end $$";

    /// <summary>What a migration finds before it, where that is something else than the schema above.</summary>
    private static readonly (string Has, string Before)[] Preparations =
    [
        ("add column email", "alter table users drop column email"),
        ("add column if not exists email", "alter table users drop column email"),
        ("add column age", "alter table users drop column age"),
        ("add column name", "alter table users drop column name"),
        ("add column a ", "alter table users drop column a"),
        ("email text not null", "delete from users"), // it fails where there are rows
        ("default null not null", "delete from users"),
        ("org_id int not null", "delete from users"),
        ("id2 uuid", "delete from users"),
        ("type bigint", "drop view active_users"),
        ("drop table", "drop view active_users"),
        ("validate constraint c", "alter table users add constraint c check (age > -1) not valid"),
        ("alter column email set not null", "update users set email = 'a' where email is null"),
        ("key using index users_first", "update users set first = 'z' where first is null"),
        ("detach partition", "alter table events attach partition events_old for values from (1) to (2)"),
        ("if not exists users_email on", "drop index users_email"),
        ("create or replace function f()", "drop function f() cascade"),
        ("create function f()", "drop function f() cascade"),
        ("create trigger t", "drop trigger t on users"),
        ("create type mood", "drop type mood"),
        ("create materialized view m", "drop materialized view m"),
        ("insert into users (name)", "alter table users alter id drop not null"),
        ("drop schema app", "create schema app"),
        ("\"truncate\"", "alter table users add truncate int, add \"drop table users;\" int"),
        ("to app", NeedsARole),
        ("from app", NeedsARole),
        ("by app", NeedsARole),
        ("role app", NeedsARole),
    ];

    /// <summary>They cannot run in a transaction, not with these names, or only by waiting.</summary>
    private static readonly string[] NotHere =
    [
        "alone: ",
        "concurrently users",
        "concurrently i",
        "set tablespace",
        "access method",
        "frobnicate",
        "vacuum",
        "call ",
        "transaction",
        "begin; ",
        "begin atomic",
        "alter system",
        "database",
        "pg_sleep",
        "\\copy",
        "from stdin",
        "('it''s",
        "/* nested */ ;",
        "copy log from program",
    ];

    /// <summary>Rules that refuse for the work that the server does while writers wait.</summary>
    private static readonly string[] ForTheirWork =
    [
        "add-column-volatile-default",
        "add-column-serial",
        "add-column-identity",
        "add-column-generated-stored",
        "add-column-references",
        "add-column-check",
        "add-column-constrained-domain",
        "set-not-null",
        "change-column-type",
        "set-logged",
        "add-check",
        "add-foreign-key",
        "primary-key-over-nullable",
        "add-unique",
        "add-exclude",
        "validate-in-same-transaction",
        "attach-partition",
        "create-index",
        "reindex",
        "refresh",
        "alter-domain",
    ];

    private readonly Dictionary<string, Task<ServerObservation>> _seen = new(StringComparer.Ordinal);
    private Postgres _template = null!;
    private Postgres _shared = null!;

    private static IEnumerable<string> Runnable(IEnumerable<string> rows) =>
        rows.Where(sql => sql.Length > 0 && !NotHere.Any(part => sql.Contains(part, StringComparison.Ordinal)));

    private static IEnumerable<TestCaseData> LookAlikes() => Cases(Runnable(HazardTable.Harmless));

    private static IEnumerable<TestCaseData> Workers() =>
        Cases(
            Runnable(HazardTable.Unsafe.Where(row => ForTheirWork.Contains(row.Rule)).Select(row => row.Sql))
                // These two fail where there are rows, and there is nothing to do where there are none.
                .Except([
                    "alter table users add column email text unique",
                    "alter table users add column id2 uuid primary key",
                ])
        );

    private static IEnumerable<TestCaseData> All() =>
        Cases(
            Runnable([
                .. HazardTable.Unsafe.Select(row => row.Sql),
                .. HazardTable.Contract.Select(row => row.Sql),
                .. HazardTable.Harmless,
            ])
        );

    [OneTimeSetUp]
    public async Task Make_the_schema()
    {
        _template = await SharedCluster.NewDatabaseAsync(Schema);
        _shared = await SharedCluster.CopyAsync(_template);
    }

    [Test]
    public void Most_of_the_table_runs_here() => All().Count().ShouldBeGreaterThan(140);

    [TestCaseSource(nameof(LookAlikes))]
    public async Task A_look_alike_lets_nobody_wait_for_its_work(string sql) =>
        (await ObserveAsync(sql)).WorkedOnUnderLock.ShouldBeEmpty();

    [TestCaseSource(nameof(Workers))]
    public async Task What_is_refused_for_its_work_does_it(string sql) =>
        (await ObserveAsync(sql)).WorkedOnUnderLock.ShouldNotBeEmpty();

    [TestCaseSource(nameof(All))]
    public async Task The_lock_that_is_named_is_the_one_that_is_taken(string sql)
    {
        var seen = await ObserveAsync(sql);
        var named = Judge(sql)
            .Where(finding => finding.Lock is not null)
            .SelectMany(finding => Named(finding.Lock!))
            .Where(one => seen.Locks.ContainsKey(one.Table))
            .GroupBy(one => one.Table, one => one.Mode)
            .ToDictionary(group => group.Key, group => group.ToArray());

        foreach (var (table, modes) in named)
            modes.ShouldContain(seen.Locks[table], $"{sql} on {table}");
        // Nothing that stops writers goes unnamed.
        if (
            !Judge(sql)
                .Any(finding =>
                    finding.Rule is "drop-cascade" or "drop-index" or "opaque-code" or "reindex" or "alter-domain"
                )
        )
            seen.Locks.Where(one => ServerObservation.StopsWriters(one.Value))
                .Select(one => one.Key)
                .Except(named.Keys)
                .ShouldBeEmpty(sql);
    }

    /// <summary>Once for each script, whoever asks: what was done is undone, so they share a database unless one is prepared.</summary>
    private Task<ServerObservation> ObserveAsync(string sql)
    {
        if (!_seen.TryGetValue(sql, out var seen))
            _seen[sql] = seen = OnAServerAsync(sql);
        return seen;
    }

    private async Task<ServerObservation> OnAServerAsync(string sql)
    {
        string[] before =
        [
            .. Preparations.Where(one => sql.Contains(one.Has, StringComparison.Ordinal)).Select(one => one.Before),
        ];
        if (before is [])
            return await ServerObservation.OfAsync(_shared, sql);
        var database = await SharedCluster.CopyAsync(_template);
        await database.ExecuteAsync(string.Join(';', before), CancellationToken.None);
        return await ServerObservation.OfAsync(database, sql);
    }

    private static ImmutableArray<StatementFinding> Judge(string sql) =>
        new MigrationClassifier().Classify([MigrationFile.ParseDbmate("1.sql", $"-- migrate:up\n{sql}")]);

    // "SHARE ROW EXCLUSIVE on orders and users", "ACCESS EXCLUSIVE on users, SHARE ROW EXCLUSIVE on orgs"
    private static IEnumerable<(string Mode, string Table)> Named(string text) =>
        Lock()
            .Matches(text)
            .SelectMany(match =>
                match
                    .Groups["tables"]
                    .Value.Split([" and ", ","], StringSplitOptions.TrimEntries)
                    .Select(table => (match.Groups["mode"].Value, table))
            );

    private static IEnumerable<TestCaseData> Cases(IEnumerable<string> rows) =>
        rows.Select(sql => new TestCaseData(sql).SetArgDisplayNames(sql.ReplaceLineEndings(" ")));

    [GeneratedRegex("(?<mode>[A-Z][A-Z ]+) on (?<tables>[a-z_0-9]+(?:(?: and |,)[a-z_0-9]+)*)")]
    private static partial Regex Lock();
}
