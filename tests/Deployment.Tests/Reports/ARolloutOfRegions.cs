using System.Collections.Immutable;
using Slipway.Deployment.Tests.Canary;
using Slipway.Deployment.Tests.Runs;
using Slipway.Records;
using Slipway.Reports;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Reports;

public class ARolloutOfRegions
{
    private static readonly RolloutResult One = SampleRun.Finished.Rollout!;

    private static readonly DeploymentReport Report = SampleReport.Success with
    {
        Run = SampleRun.Finished with
        {
            Rollout = One with
            {
                Result = RolloutOutcome.RolledBack,
                Waves =
                [
                    RolloutWaveResult.Of("us-east", One) with
                    {
                        Result = RolloutOutcome.RolledBack,
                        Serving = One.Warm,
                        SecondsToZero = 0.02,
                        Reason = "eu-west was taken back",
                    },
                    RolloutWaveResult.Of("eu-west", One) with
                    {
                        Result = RolloutOutcome.RolledBack,
                        Serving = One.Warm,
                        Reason = "errors",
                    },
                ],
            },
        },
        Status = DeploymentStatus.RolledBack,
        RegionTicks = [new("us-east", Recordings.Read("promoted")), new("eu-west", Recordings.Read("taken-back"))],
        ObservedIn = [new("us-east", One.Warm), new("eu-west", One.Serving)],
    };

    [Test]
    public void HasAPictureOfEach_WithIdsOfItsOwn()
    {
        var html = HtmlReport.Write(Report);

        foreach (var region in new[] { "us-east", "eu-west" })
        {
            html.ShouldContain($"<h3>{region}</h3>");
            html.Split($"id=\"rollout-{region}-title\"").Length.ShouldBe(2);
        }
        html.ShouldNotContain("id=\"rollout-title\"");
    }

    [Test]
    public void SaysWhatServesWhere() =>
        Report.Headline.ShouldEndWith(
            $": {One.Warm!.FullVersion} serves in us-east, {One.Serving!.FullVersion} serves in eu-west"
        );

    [Test]
    public void SaysWhatBecameOfEach() =>
        MarkdownReport
            .Write(Report)
            .ShouldContain($"us-east: {One.Warm!.FullVersion} serves, switched in 20ms: eu-west was taken back");

    [Test]
    public void StandsInTheRecord()
    {
        var record = DeploymentRecords.Compose(
            Report.Run,
            DeploymentStatus.RolledBack,
            SampleRun.At(1890),
            SampleRun.At(1891)
        );

        record
            .Regions.ShouldNotBeNull()
            .ShouldBe([
                new("us-east", "rolledBack", One.Warm!.FullVersion),
                new("eu-west", "rolledBack", One.Warm!.FullVersion),
            ]);
    }

    /// <summary>Promote goes on with a stage; a region that has not begun needs the deployment to go on.</summary>
    [Test]
    public void ThatIsHeld_SaysWhatItsFailureSays()
    {
        const string Resume = "./build.sh --target=Deploy --resume --deployment-id=deploy-1";
        var held = SampleReport.Held with
        {
            Failure = SampleRun.SmokeFailure with { Stage = "Rollout", Next = Resume },
        };

        MarkdownReport.Write(held).ShouldContain(Resume);
        MarkdownReport.Write(held).ShouldNotContain("--target=Promote");
        MarkdownReport.Write(SampleReport.Held).ShouldContain("--target=Promote");
    }
}
