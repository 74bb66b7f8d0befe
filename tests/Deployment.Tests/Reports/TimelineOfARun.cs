using Slipway.Deployment.Tests.Runs;
using Slipway.Reports;
using Slipway.Runs;

namespace Slipway.Deployment.Tests.Reports;

public class TimelineOfARun
{
    [Test]
    public void Has_the_longest_chain_as_its_critical_path()
    {
        var timeline = SampleReport.Success.Timeline;

        timeline.CriticalPath.ShouldBe([
            "ValidateRelease",
            "PreDeploymentChecks",
            "Backup",
            "TerraformDeploy",
            "Migrate",
            "Rollout",
            "Smoke",
            "ProductionValidation",
            "Record",
        ]);
        timeline.WallTime.ShouldBe(TimeSpan.FromSeconds(1891));
        timeline.Stages.Single(stage => stage.Stage.Name == "BuildImages").IsCritical.ShouldBeFalse();
    }

    [Test]
    public void Shows_a_failed_stage_that_left_no_file_and_what_did_not_run()
    {
        var timeline = SampleReport.Failed.Timeline;

        var smoke = timeline.Stages.Single(stage => stage.Stage.Name == "Smoke");
        smoke.State.ShouldBe(StageState.Failed);
        smoke.Duration.ShouldBe(TimeSpan.FromSeconds(1.5));
        timeline
            .Stages.Where(stage => stage.State == StageState.NotRun)
            .Select(stage => stage.Stage.Name)
            .ShouldBe(["ProductionValidation", "Record"]);
        timeline.CriticalPath[^1].ShouldBe("Smoke");
    }

    [Test]
    public void Says_why_a_stage_does_not_apply()
    {
        var first = SampleRun.Prepared with
        {
            Backup = SampleRun.Prepared.Backup! with
            {
                Outcome = StageOutcome.NotApplicable,
                Reason = "there is no database yet",
                BackupId = null,
            },
        };

        var stage = StageTimeline.Of(first, null).Stages.Single(stage => stage.Stage.Name == "Backup");

        stage.State.ShouldBe(StageState.NotApplicable);
        stage.Detail.ShouldBe("there is no database yet");
    }

    [Test]
    public void Of_a_failure_before_its_needs_were_done_has_no_negative_time() =>
        StageTimeline
            .Of(SampleRun.Prepared, new StageFailure("Rollout", "x", SampleRun.At(1)))
            .Stages.ShouldAllBe(stage => stage.Duration == null || stage.Duration >= TimeSpan.Zero);
}
