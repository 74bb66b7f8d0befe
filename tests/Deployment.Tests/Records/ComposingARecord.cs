using Slipway.Deployment.Tests.Runs;
using Slipway.Records;
using Slipway.Runs;
using Slipway.Smoke;

namespace Slipway.Deployment.Tests.Records;

public class ComposingARecord
{
    private static readonly DateTimeOffset Now = SampleRun.At(1891);

    [Test]
    public void Of_a_successful_deployment_has_every_field_of_the_guide() =>
        Approved.ShouldBe(
            "Records/success.approved.json",
            StageSerializer.Serialize(
                DeploymentRecords.Compose(SampleRun.Finished, DeploymentStatus.Success, SampleRun.At(1890), Now)
            )
        );

    [Test]
    public void The_window_opens_when_the_deployment_is_complete() =>
        Compose(SampleRun.Finished).RollbackDeadline.ShouldBe(Now.AddMinutes(60));

    [Test]
    public void A_first_deployment_cannot_be_rolled_back()
    {
        var first = SampleRun.Finished with { Release = SampleRun.Finished.Release with { PreviousVersion = null } };

        var record = Compose(first);

        record.RollbackAvailable.ShouldBeFalse();
        record.RollbackDeadline.ShouldBeNull();
        record.PreviousVersion.ShouldBeNull();
    }

    [TestCase(DeploymentStatus.Failed, "failed")]
    [TestCase(DeploymentStatus.RolledBack, "rolled_back")]
    [TestCase(DeploymentStatus.Cancelled, "cancelled")]
    public void A_deployment_that_did_not_succeed_says_why_and_offers_nothing(DeploymentStatus status, string text)
    {
        var record = DeploymentRecords.Compose(SampleRun.Finished, status, Now, Now, SampleRun.SmokeFailure);

        record.Status.ShouldBe(text);
        record.RollbackAvailable.ShouldBeFalse();
        record.Failure.ShouldBe("Smoke: api_gateway answers 503 at https://azora.world/api/health");
    }

    [Test]
    public void Before_the_rollout_nothing_is_deployed()
    {
        var record = DeploymentRecords.Compose(SampleRun.Prepared, DeploymentStatus.Failed, Now, Now);

        record.ServicesDeployed.ShouldBeEmpty();
        record.RolloutStages.ShouldBeEmpty();
        record.HealthChecks.ShouldBe(new Dictionary<string, string> { ["smoke_tests"] = "not_run" });
        record.MigrationsApplied.ShouldBe(1);
        record.DatabaseBackup.ShouldNotBeNull().BackupId.ShouldBe("backup-" + SampleRun.Id);
    }

    [Test]
    public void Right_after_its_start_there_is_a_record_too() =>
        DeploymentRecords
            .Compose(SampleRun.Started, DeploymentStatus.Cancelled, Now, Now)
            .DatabaseBackup.ShouldBeNull();

    [Test]
    public void One_failed_check_makes_service_and_smoke_tests_red()
    {
        var smoke = SampleRun.Finished.Smoke!;
        var red = SampleRun.Finished with
        {
            Smoke = smoke with { Checks = smoke.Checks.Add(new("web", SmokeKind.Health, "x", false, "503", 1)) },
        };

        var health = Compose(red).HealthChecks;

        health["web"].ShouldBe("unhealthy");
        health["api_gateway"].ShouldBe("healthy");
        health["smoke_tests"].ShouldBe("failed");
    }

    [Test]
    public void Every_override_is_told()
    {
        var forced = SampleRun.Finished with
        {
            Release = SampleRun.Finished.Release with { ForceReason = "unstable version: hotfix" },
            Plan = SampleRun.Finished.Plan! with { AllowDestroyReason = "old cache" },
            Migration = SampleRun.Finished.Migration! with { ForceReason = "window agreed" },
        };

        Compose(forced)
            .ForceReason.ShouldBe(
                "unstable version: hotfix; destroy allowed: old cache; migration forced: window agreed"
            );
    }

    private static DeploymentRecord Compose(RunOutputs run) =>
        DeploymentRecords.Compose(run, DeploymentStatus.Success, SampleRun.At(1890), Now);
}
