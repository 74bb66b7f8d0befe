using System.Collections.Immutable;
using Slipway.Migrations;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests;

public class MigrationLedgerTests
{
    private static readonly MigrationFile First = Up("1_a.sql", "select 1");
    private static readonly MigrationFile Second = Up("2_b.sql", "select 2");

    [Test]
    public void Clean_when_the_files_are_what_was_applied() =>
        MigrationLedger.Compare([First, Second], ["1"], [Noted(First)]).IsClean.ShouldBeTrue();

    [Test]
    public void An_edited_file_is_noticed() =>
        MigrationLedger
            .Compare([Up("1_a.sql", "select 9")], ["1"], [Noted(First)])
            .Explain()
            .ShouldBe(["1_a.sql was edited after it had been applied"]);

    [Test]
    public void A_deleted_file_is_noticed() =>
        MigrationLedger
            .Compare([Second], ["1", "2"], [Noted(First), Noted(Second)])
            .Explain()
            .ShouldBe(["1_a.sql is applied and its file is gone"]);

    [Test]
    public void A_file_put_before_an_applied_one_is_noticed() =>
        MigrationLedger.Compare([First, Second], ["2"], [Noted(Second)]).OutOfOrder.ShouldBe(["1_a.sql"]);

    [Test]
    public void What_was_applied_before_anything_was_noted_is_taken_as_it_is()
    {
        var drift = MigrationLedger.Compare([First], ["1"], []);

        drift.IsClean.ShouldBeTrue();
        drift.Unknown.ShouldBe([First]);
    }

    [Test]
    public void Other_line_ends_are_no_edit() =>
        MigrationFile
            .ParseDbmate("1.sql", "-- migrate:up\r\nselect 1\r\n")
            .Sha256.ShouldBe(MigrationFile.ParseDbmate("1.sql", "-- migrate:up\nselect 1\n").Sha256);

    [Test]
    public void A_file_without_a_block_is_refused_with_what_is_expected() =>
        Should
            .Throw<PipelineException>(() => MigrationFile.ParseDbmate("1.sql", "select 1"))
            .Explain()
            .ShouldContain("'-- migrate:up'");

    private static MigrationFile Up(string name, string sql) =>
        MigrationFile.ParseDbmate(name, $"-- migrate:up\n{sql}\n");

    private static RecordedMigration Noted(MigrationFile file) => new(file.Version, file.File, file.Sha256, "deploy-1");
}
