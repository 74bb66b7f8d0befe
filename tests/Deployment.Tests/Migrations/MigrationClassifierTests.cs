using System.Collections.Immutable;
using Slipway.Migrations;

namespace Slipway.Deployment.Tests;

public class MigrationClassifierTests
{
    public static IEnumerable<TestCaseData> Hazards() =>
        Cases(HazardTable.Unsafe, MigrationClass.Unsafe).Concat(Cases(HazardTable.Contract, MigrationClass.Contract));

    public static IEnumerable<TestCaseData> LookAlikes() =>
        HazardTable.Harmless.Select(sql => new TestCaseData(sql).SetArgDisplayNames(sql.ReplaceLineEndings(" ")));

    [TestCaseSource(nameof(Hazards))]
    public void A_hazard_is_found_by_its_rule(string sql, MigrationClass expected, string rule)
    {
        var worst = Classify(sql).MaxBy(finding => finding.Class)!;

        (worst.Class, worst.Rule).ShouldBe((expected, rule));
        if (expected == MigrationClass.Unsafe)
            worst.SaferWay.ShouldNotBeNullOrEmpty();
        else
            worst.Target.ShouldNotBeNullOrEmpty();
    }

    [TestCaseSource(nameof(LookAlikes))]
    public void A_look_alike_is_let_through(string sql) =>
        Classify(sql).Where(finding => finding.Class != MigrationClass.Expand).ShouldBeEmpty();

    [Test]
    public void There_are_sixty_of_each()
    {
        (HazardTable.Unsafe.Length + HazardTable.Contract.Length).ShouldBeGreaterThanOrEqualTo(60);
        HazardTable.Harmless.Length.ShouldBeGreaterThanOrEqualTo(60);
    }

    [Test]
    public void A_finding_says_file_line_statement_and_lock()
    {
        var file = MigrationFile.ParseDbmate(
            "7_x.sql",
            "-- migrate:up\nselect 1;\n\ncreate index\n  on users (a);\n-- migrate:down\ndrop table users;\n"
        );

        var finding = new MigrationClassifier().Classify([file])[1];

        finding.ShouldBe(
            new StatementFinding(
                "7_x.sql",
                4,
                "create index on users (a)",
                MigrationClass.Unsafe,
                "create-index",
                "SHARE on users",
                "CREATE INDEX CONCURRENTLY, alone in a file with transaction:false"
            )
        );
    }

    [Test]
    public void The_down_part_is_not_judged() =>
        new MigrationClassifier()
            .Classify([MigrationFile.ParseDbmate("1.sql", "-- migrate:up\n-- migrate:down\ndrop table users;")])
            .ShouldBeEmpty();

    [Test]
    public void Not_null_is_harmless_once_a_check_was_validated_in_another_file()
    {
        var findings = new MigrationClassifier().Classify([
            Up("1.sql", "alter table users add constraint e check (email is not null) not valid"),
            Up("2.sql", "alter table users validate constraint e"),
            Up("3.sql", "alter table users alter column email set not null"),
        ]);

        findings.Select(f => f.Rule).ShouldBe(["add-check-not-valid", "validate-constraint", "set-not-null-proven"]);
    }

    [Test]
    public void A_table_made_by_an_earlier_pending_file_is_new() =>
        new MigrationClassifier()
            .Classify([Up("1.sql", "create table a (id int)"), Up("2.sql", "create index on a (id); truncate a")])
            .ShouldAllBe(finding => finding.Class == MigrationClass.Expand);

    [Test]
    public void A_missing_lock_timeout_makes_every_strong_lock_unsafe() =>
        new MigrationClassifier(HasLockTimeout: false)
            .Classify([Up("1.sql", "alter table users add column a int")])
            .Single()
            .Rule.ShouldBe("missing-lock-timeout");

    [TestCase("character varying(50)", "varchar(100)", true)]
    [TestCase("character varying(50)", "text", true)]
    [TestCase("character varying(50)", "character varying", true)]
    [TestCase("numeric(10,2)", "numeric(12, 2)", true)]
    [TestCase("timestamp(3) with time zone", "timestamptz(6)", true)]
    [TestCase("text", "varchar", true)]
    [TestCase("character varying(50)", "varchar(20)", false)]
    [TestCase("numeric(10,2)", "numeric(12,4)", false)]
    [TestCase("integer", "bigint", false)]
    [TestCase("integer", "text", false)]
    [TestCase("timestamp without time zone", "timestamptz", false)]
    public void A_type_is_widened_for_free_or_not(string now, string to, bool free)
    {
        var schema = KnownSchema.Nothing with { ColumnTypes = KnownSchema.Nothing.ColumnTypes.Add("users.a", now) };

        new MigrationClassifier()
            .Classify([Up("1.sql", $"alter table users alter column a type {to}")], schema)
            .Single()
            .Class.ShouldBe(free ? MigrationClass.Expand : MigrationClass.Unsafe);
    }

    [Test]
    public void A_free_change_of_type_is_not_free_under_a_check()
    {
        var schema = KnownSchema.Nothing with
        {
            ColumnTypes = KnownSchema.Nothing.ColumnTypes.Add("users.a", "character varying(50)"),
            CheckedColumns = ["users.a"],
        };

        Rules("alter table users alter a type text", schema).ShouldBe(["widen-checked-column"]);
    }

    [Test]
    public void A_primary_key_over_columns_that_are_not_null_reads_no_row()
    {
        var schema = KnownSchema.Nothing with
        {
            NotNullColumns = ["users.id"],
            UniqueIndexes = KnownSchema
                .Nothing.UniqueIndexes.Add("users_id", new("users", ["users.id"]))
                .Add("users_mail", new("users", ["users.id", "users.mail"])),
        };

        Rules("alter table users add primary key using index users_id", schema).ShouldBe(["constraint-using-index"]);
        Rules("alter table users add primary key using index users_mail", schema)
            .ShouldBe(["primary-key-over-nullable"]);
    }

    [Test]
    public void So_does_one_over_an_index_that_an_earlier_file_makes() =>
        new MigrationClassifier()
            .Classify(
                [
                    Up("1.sql", "create unique index concurrently i on users (id)", " transaction:false"),
                    Up("2.sql", "alter table users add constraint p primary key using index i"),
                ],
                KnownSchema.Nothing with
                {
                    NotNullColumns = ["users.id"],
                }
            )
            .Select(finding => finding.Rule)
            .ShouldBe(["create-index-concurrently", "constraint-using-index"]);

    [Test]
    public void A_column_of_a_domain_with_a_check_rewrites_its_table() =>
        Rules("alter table users add a positive", KnownSchema.Nothing with { ConstrainedDomains = ["positive"] })
            .ShouldBe(["add-column-constrained-domain"]);

    [Test]
    public void A_partition_beside_a_default_one_reads_that() =>
        Rules(
                "create table p partition of events for values from (1) to (2)",
                KnownSchema.Nothing with
                {
                    WithDefaultPartition = ["events"],
                }
            )
            .ShouldBe(["create-partition-beside-default"]);

    [Test]
    public void A_unique_index_is_dropped_only_when_nobody_needs_it()
    {
        var schema = KnownSchema.Nothing with
        {
            UniqueIndexes = KnownSchema.Nothing.UniqueIndexes.Add("users_mail", new("users", ["users.mail"])),
        };

        var finding = new MigrationClassifier()
            .Classify([Up("1.sql", "drop index concurrently if exists users_mail", " transaction:false")], schema)
            .Single();

        (finding.Class, finding.Rule, finding.Target).ShouldBe((MigrationClass.Contract, "drop-unique-index", "users"));
    }

    [Test]
    public void A_column_that_is_not_null_already_is_set_not_null_for_free() =>
        Rules("alter table users alter id set not null", KnownSchema.Nothing with { NotNullColumns = ["users.id"] })
            .ShouldBe(["set-not-null-proven"]);

    [Test]
    public void Lines_count_from_the_top_of_the_file_whatever_its_line_ends() =>
        new MigrationClassifier()
            .Classify([MigrationFile.ParseDbmate("1.sql", "-- header\r\n-- migrate:up\r\n\r\ntruncate users;\r\n")])
            .Single()
            .Line.ShouldBe(4);

    [Test]
    public void Ten_megabytes_of_one_string_are_read() =>
        Classify($"insert into users values ('{new string('x', 10_000_000)}')")
            .Single()
            .Statement.Length.ShouldBeLessThan(500);

    [Test]
    public void Deep_nesting_is_read() =>
        Classify(new string('(', 100_000)).Single().Rule.ShouldBe("unknown-statement");

    private static IEnumerable<string> Rules(string sql, KnownSchema schema) =>
        new MigrationClassifier().Classify([Up("1.sql", sql)], schema).Select(finding => finding.Rule);

    internal static ImmutableArray<StatementFinding> Classify(string sql) =>
        new MigrationClassifier().Classify([
            sql.StartsWith("alone: ", StringComparison.Ordinal)
                ? Up("1.sql", sql["alone: ".Length..], " transaction:false")
                : Up("1.sql", sql),
        ]);

    private static MigrationFile Up(string file, string sql, string options = "") =>
        MigrationFile.ParseDbmate(file, $"-- migrate:up{options}\n{sql}\n-- migrate:down\n");

    private static IEnumerable<TestCaseData> Cases((string Sql, string Rule)[] table, MigrationClass expected) =>
        table.Select(row =>
            new TestCaseData(row.Sql, expected, row.Rule).SetArgDisplayNames(row.Rule, row.Sql.ReplaceLineEndings(" "))
        );
}
