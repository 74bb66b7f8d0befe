using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Deployment.Tests.Ledger;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Rollbacks;
using Slipway.Rollouts;
using Slipway.Smoke;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Rollbacks;

public sealed class PlanningARollback
{
    private static readonly string A = new('a', 40);

    private static readonly DeploymentLedger History = SampleLedger.Of(
        ("v1.0.0", A, "success", 60),
        ("v1.1.0", A, "success", 60),
        ("v1.2.0", A, "success", 60)
    );

    private static readonly TagSet Tags = TagSet.Parse(
        [("v1.0.0", A), ("v1.1.0", A), ("v1.2.0", A), ("v1.3.0", A)],
        new HashSet<string> { "production" }
    );

    [TestCase("v1.2.0", "v1.1.0", 3, RollbackKind.Hot, "v1.1.0 is still warm")]
    [TestCase("v1.2.0", "v1.1.0", 2, RollbackKind.Cold, "only 2 of 3 instances of v1.1.0 still run")]
    [TestCase("v1.2.0", "v1.3.0", 3, RollbackKind.Cold, "v1.3.0 is warm")]
    [TestCase("v1.2.0", null, 0, RollbackKind.Cold, "no version is warm")]
    [TestCase("v1.1.0", "v1.2.0", 3, RollbackKind.Switched, "v1.1.0 has the traffic already")]
    public void IsHotOnlyWhereTheTargetIsWarmAndWhole(
        string serving,
        string? warm,
        int alive,
        RollbackKind kind,
        string why
    )
    {
        var plan = Plan(serving, warm, alive);
        (plan.To.Version.FullVersion, plan.Kind, plan.Why).ShouldBe(("v1.1.0", kind, why));
    }

    [Test]
    public void OfVersionsInTheSameStateTheWarmOneIsTaken()
    {
        var plan = Plan("v1.2.0", "v1.0.0", 3);
        (plan.To.Version.FullVersion, plan.Kind).ShouldBe(("v1.0.0", RollbackKind.Hot));
    }

    [Test]
    public void AVersionThatWasItselfTakenBackComesLast()
    {
        var back = LedgerEntry.Append(
            History.Entries[^1].Record with
            {
                Version = "v1.0.0",
                RollbackFrom = "v1.1.0",
                DeploymentId = "deploy-20251121-101000-abc123",
            },
            History.Last
        );
        var ledger = History with { Entries = History.Entries.Add(back) };
        RollbackPlan
            .Of(
                RollbackSelection.Of(Version("v1.2.0")!, Tags, ledger),
                asked: null,
                ledger,
                Arm("v1.2.0", 3),
                Arm(null, 0),
                cold: false
            )
            .To.Version.FullVersion.ShouldBe("v1.0.0");
    }

    [Test]
    public void OfSeveralVersionsAtTheTagsCommitTheOneDeployedLastIsInService()
    {
        RollbackPlan.TaggedBy(History, A, Version("v1.3.0"))!.FullVersion.ShouldBe("v1.2.0");
        RollbackPlan.TaggedBy(History, new('b', 40), Version("v1.3.0"))!.FullVersion.ShouldBe("v1.3.0");
        RollbackPlan.TaggedBy(History, null, null).ShouldBeNull();
    }

    [Test]
    public void IsColdWhenAskedFor() => Plan("v1.2.0", "v1.1.0", 3, cold: true).Kind.ShouldBe(RollbackKind.Cold);

    [TestCase("v1.2.0", "v1.1.0", "v1.2.0", TestName = "a deployment died before its record")]
    [TestCase("v1.1.0", "v1.2.0", "v1.2.0", TestName = "a rollback died before its record")]
    [TestCase(null, "v1.2.0", "v1.2.0", TestName = "nothing serves")]
    [TestCase("v1.2.0", null, "v1.2.0", TestName = "the first deployment died before its record")]
    [TestCase(null, null, null, TestName = "nothing was deployed")]
    public void TakesBackTheHigherOneOfWhatServesAndWhatTheTagNames(string? serving, string? tagged, string? current) =>
        RollbackPlan.CurrentOf(Version(serving), Version(tagged))?.FullVersion.ShouldBe(current);

    [Test]
    public void AfterTheDeadlineItNeedsForce()
    {
        var plan = Plan("v1.2.0", "v1.1.0", 3);
        var deadline = plan.Deadline!.Value;
        plan.DemandWindow(deadline, force: false);
        plan.DemandWindow(deadline.AddSeconds(1), force: true);
        var late = Should.Throw<PipelineException>(() => plan.DemandWindow(deadline.AddSeconds(1), force: false));
        late.Message.ShouldContain("the rollback window of v1.2.0 ended");
        late.Next!.ShouldContain("--force --reason");
    }

    [Test]
    public void RestoresTheBackupOfTheDeploymentThatFollowedTheTarget()
    {
        Plan("v1.2.0", "v1.1.0", 3).Restorable!.Version.ShouldBe("v1.2.0");
        Plan("v1.2.0", "v1.1.0", 3, asked: "v1.0.0").Restorable!.Version.ShouldBe("v1.1.0");
    }

    [Test]
    public void ShowsTheChoiceAndEveryRejectedVersionWithItsReason()
    {
        var selection = RollbackSelection.Of(Version("v1.2.0")!, Tags, History);
        var plan = Plan("v1.2.0", "v1.1.0", 3);
        string.Join('\n', RollbackText.Of(selection, plan, restore: false, plan.Deadline!.Value.AddMinutes(-1)))
            .ShouldBe(
                """
                production: v1.2.0 is taken back
                  → v1.1.0         deployed before
                    v1.0.0         deployed before
                  ✗ v1.3.0         higher than v1.2.0
                how: hot, one traffic switch: v1.1.0 is still warm
                window: open until 2025-11-21 11:02:00 UTC
                database: stays as it is, with 1 migration of v1.2.0 (--restore-database restores the backup before)
                """
            );
    }

    [Test]
    public void TheIncidentReportSaysWhatWasTakenBackAndWhatIsLeft()
    {
        var selection = RollbackSelection.Of(Version("v1.2.0")!, Tags, History);
        var at = new DateTimeOffset(2025, 11, 21, 10, 30, 0, TimeSpan.Zero);
        Approved.ShouldBe(
            "Rollbacks/incident.approved.md",
            IncidentReport.Write(
                new Incident(
                    "deploy-20251121-103000-aaaaaa",
                    selection,
                    Plan("v1.2.0", "v1.1.0", 3),
                    "ann",
                    "orders fail | <script>alert(1)</script>\n# heading",
                    at,
                    at.AddSeconds(4),
                    0.123,
                    [new SmokeCheck("auth", SmokeKind.Health, "http://127.0.0.1/auth", true, "healthy", 3)],
                    new RestoreResult
                    {
                        DeploymentId = "deploy-20251121-103000-aaaaaa",
                        BackupId = "backup-deploy-20251121-100200-abc123",
                        Location = "file:///backups/x.sql.gz",
                        Database = "shop",
                        ReplacedDatabase = "shop_replaced_20251121103000",
                        TablesCompared = 7,
                        RowsCompared = 1234,
                        SwapSeconds = 0.5,
                    }
                )
            )
        );
    }

    private static RollbackPlan Plan(
        string serving,
        string? warm,
        int alive,
        bool cold = false,
        string? asked = null
    ) =>
        RollbackPlan.Of(
            RollbackSelection.Of(Version("v1.2.0")!, Tags, History),
            Version(asked),
            History,
            Arm(serving, 3),
            Arm(warm, alive),
            cold
        );

    private static ArmState Arm(string? version, int alive) =>
        new(
            Version(version),
            version is null ? null : "deploy-20251121-100000-aaaaaa",
            version is null ? 0 : 3,
            alive,
            ImmutableSortedDictionary<string, Uri>.Empty
        );

    private static ProjectVersion? Version(string? text) => text is null ? null : ProjectVersion.Parse(text);
}
