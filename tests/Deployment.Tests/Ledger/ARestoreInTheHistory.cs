using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Deployment.Tests.Runs;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Queue;
using Slipway.Records;
using Slipway.Rollbacks;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Ledger;

/// <summary>Two deployments, a restore of the database, a third deployment: one chain, and nobody takes the restore for a deployment.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ARestoreInTheHistory
{
    private static readonly string Commit = new('a', 40);
    private static readonly DateTimeOffset Ten = new(2025, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private readonly List<(string RefName, string Message)> _with;
    private readonly RestoreEntry _restore;

    public ARestoreInTheHistory()
    {
        var one = LedgerEntry.Append(Deployment(1, 60), null);
        var two = LedgerEntry.Append(Deployment(2, 80), one);
        _restore = RestoreEntry.Append(Restore(), two);
        var three = LedgerEntry.Append(Deployment(4, 100), _restore);
        _with = [.. new LedgerLink[] { one, two, _restore, three }.Select(link => (link.RefName, link.Message))];
    }

    [Test]
    public void Is_a_link_of_the_same_chain()
    {
        var ledger = Verify();

        ledger.Findings.ShouldBeEmpty();
        ledger.Entries.Select(entry => entry.Sequence).ShouldBe([1, 2, 4]);
        ledger.Restores.Single().Record.ShouldBe(_restore.Record);
        _restore.RefName.ShouldBe("refs/deployments/production/restore-20251121-100300-aaaaaa");
        _restore.Message.ShouldStartWith("{\"ledger\":2,\"previous\":\"");
        ledger.Entries[2].Previous.ShouldBe(_restore.Sha256);
    }

    [Test]
    public void As_the_newest_link_is_what_the_next_one_follows()
    {
        var ledger = DeploymentLedger.Verify("production", _with[..3]);

        ledger.Last.ShouldBe(_restore);
        ledger.Entries[^1].Record.Version.ShouldBe("v1.0.2");
    }

    [Test]
    public void Says_who_why_which_what_it_replaced_and_what_was_compared()
    {
        var record = Verify().Restores.Single().Record;

        (record.RestoredBy, record.Reason, record.BackupId, record.Database, record.ReplacedDatabase).ShouldBe(
            ("octocat", "bad rows", "backup-deploy-20251121-100200-abc123", "app", "app_replaced_1")
        );
        (record.TablesCompared, record.RowsCompared, record.Timestamp).ShouldBe((4, 1234L, Ten.AddMinutes(3)));
    }

    [TestCase("octocat", "mallory")]
    [TestCase("bad rows", "good rows")]
    [TestCase("app_replaced_1", "app_replaced_2")]
    [TestCase("1234", "1235")]
    public void Cannot_be_changed_unnoticed(string what, string with)
    {
        _with[2] = (_with[2].RefName, _with[2].Message.Replace(what, with, StringComparison.Ordinal));

        Verify()
            .Findings.Single()
            .ToString()
            .ShouldBe(
                "refs/deployments/production/restore-20251121-100300-aaaaaa: is not what deploy-20251121-100400-abc123 was written after: it was changed or exchanged"
            );
    }

    [Test]
    public void Cannot_be_taken_out_unnoticed()
    {
        _with.RemoveAt(2);

        Verify().Findings.Single().Problem.ShouldBe("entry 3 is missing");
    }

    [Test]
    public void Of_a_version_that_nobody_knows_yet_is_refused_by_name()
    {
        _with[2] = (_with[2].RefName, _with[2].Message.Replace("\"ledger\":2", "\"ledger\":3"));

        Verify().Findings[0].Problem.ShouldContain("has the version 3, which this program does not know");
    }

    [TestCase("restore-20251121-100300-aaaaaa", "../../heads/main")]
    [TestCase("restore-20251121-100300-aaaaaa", "deploy-20251121-100300-aaaaaa")]
    public void Under_another_name_is_no_entry(string what, string with)
    {
        _with[2] = ($"refs/deployments/production/{with}", _with[2].Message.Replace(what, with));

        Verify().Findings[0].Problem.ShouldContain("is no ledger entry");
    }

    [Test]
    public void Is_no_version_that_was_deployed() =>
        Verify().Deployed("").Select(version => version.FullVersion).ShouldBe(["v1.0.4", "v1.0.2", "v1.0.1"]);

    [Test]
    public void Does_not_change_how_long_a_deployment_takes() =>
        DeploymentQueue.Compute(Verify(), null, [], Ten.AddHours(1)).TypicalDuration.ShouldBe(TimeSpan.FromSeconds(80));

    [Test]
    public void Does_not_change_where_a_rollback_goes()
    {
        var plan = Plan(Verify());
        var alone = Plan(
            DeploymentLedger.Verify("production", _with.Where(link => !link.RefName.Contains("restore-")))
        );

        plan.To.Version.FullVersion.ShouldBe("v1.0.2");
        (plan.To, plan.Kind, plan.Why, plan.Deadline, plan.Taken!.DeploymentId, plan.Restorable?.DeploymentId).ShouldBe(
            (alone.To, alone.Kind, alone.Why, alone.Deadline, alone.Taken!.DeploymentId, alone.Restorable?.DeploymentId)
        );
    }

    [Test]
    public void Does_not_hide_that_the_environment_tag_was_moved()
    {
        DeploymentLedger.Verify("production", _with[..3], Commit).Findings.ShouldBeEmpty();

        DeploymentLedger
            .Verify("production", _with[..3], new string('b', 40))
            .Findings.Single()
            .Problem.ShouldContain("the tag production points at bbbbbbb");
    }

    [Test]
    public void Of_another_environment_is_not_appended() =>
        Should.Throw<PipelineException>(() =>
            RestoreEntry.Append(Restore() with { Environment = "staging" }, _restore)
        );

    private static RollbackPlan Plan(DeploymentLedger ledger)
    {
        var tags = TagSet.Parse(
            [("v1.0.1", Commit), ("v1.0.2", Commit), ("v1.0.4", Commit)],
            new HashSet<string> { "production" }
        );
        return RollbackPlan.Of(
            RollbackSelection.Of(ProjectVersion.Parse("v1.0.4"), tags, ledger, false),
            null,
            ledger,
            Arm("v1.0.4"),
            Arm("v1.0.2"),
            cold: false
        );
    }

    private static ArmState Arm(string version) =>
        new(ProjectVersion.Parse(version), "deploy", 3, 3, ImmutableSortedDictionary<string, Uri>.Empty);

    private DeploymentLedger Verify() => DeploymentLedger.Verify("production", _with);

    private static RestoreRecord Restore() =>
        RestoreRecord.Compose(
            new RestoreResult
            {
                DeploymentId = "deploy-20251121-100200-abc123",
                BackupId = "backup-deploy-20251121-100200-abc123",
                Location = "s3://backups/production/backup-deploy-20251121-100200-abc123.sql.gz",
                Database = "app",
                ReplacedDatabase = "app_replaced_1",
                TablesCompared = 4,
                RowsCompared = 1234,
                ForceReason = "bad rows",
            },
            "production",
            "octocat",
            Commit,
            deploymentId: null,
            Ten.AddMinutes(3)
        );

    private static DeploymentRecord Deployment(int minute, double seconds)
    {
        var at = Ten.AddMinutes(minute);
        return DeploymentRecords.Compose(SampleRun.Finished, DeploymentStatus.Success, at, at) with
        {
            DeploymentId = $"deploy-20251121-10{minute:00}00-abc123",
            Version = $"v1.0.{minute}",
            GitSha = Commit,
            DurationSeconds = seconds,
        };
    }
}
