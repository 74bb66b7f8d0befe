using Slipway.Deployment.Tests.Runs;
using Slipway.Records;

namespace Slipway.Deployment.Tests.Records;

public class InstructionsForARollback
{
    private static readonly DeploymentRecord Record = DeploymentRecords.Compose(
        SampleRun.Finished,
        DeploymentStatus.Success,
        SampleRun.At(1890),
        SampleRun.At(1891)
    );

    [Test]
    public void Say_all_that_the_guide_asks_for() =>
        Approved.ShouldBe(
            "Records/rollback-instructions.approved.md",
            RollbackInstructions.Markdown(Record, SampleRun.Finished.Environment)
        );

    [Test]
    public void Of_a_first_deployment_say_that_there_is_nothing_to_go_back_to()
    {
        var first = Record with
        {
            PreviousVersion = null,
            RollbackAvailable = false,
            RollbackDeadline = null,
            DatabaseBackup = null,
        };

        var text = RollbackInstructions.Markdown(first, SampleRun.Finished.Environment with { Notifications = new() });

        text.ShouldContain("There is no version to go back to.");
        text.ShouldContain("There is none: no database existed before this deployment.");
        text.ShouldContain(
            "No contact is configured (environments/production/environment.json, notifications.onCall)."
        );
    }

    [Test]
    public void Of_a_deployment_that_was_taken_back_say_what_serves() =>
        RollbackInstructions
            .Markdown(Record with { Status = "rolled_back", RollbackAvailable = false }, SampleRun.Finished.Environment)
            .ShouldContain("This deployment ended as `rolled_back`: `v1.2.2` serves. Nothing is to be taken back.");

    [TestCase(
        "s3://azora-backups/prod/b.sql.gz",
        "aws s3 cp s3://azora-backups/prod/b.sql.gz - | gunzip | psql -X -v ON_ERROR_STOP=1 \"$DATABASE_URL\""
    )]
    [TestCase(
        "file:///var/my%20backups/it's.sql.gz",
        "gunzip -c '/var/my backups/it'\\''s.sql.gz' | psql -X -v ON_ERROR_STOP=1 \"$DATABASE_URL\""
    )]
    public void Restore_with(string location, string command) =>
        RollbackInstructions.RestoreCommand(location).ShouldBe(command);

    [Test]
    public void Take_better_commands_where_there_are_some() =>
        RollbackInstructions
            .Markdown(Record, SampleRun.Finished.Environment, ["createdb x", "restore x"])
            .ShouldContain("```bash\ncreatedb x\nrestore x\n```");
}
