using Slipway.Deployment.Tests.Canary;
using Slipway.Deployment.Tests.Runs;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Reports;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Smoke;

namespace Slipway.Deployment.Tests.Reports;

/// <summary>Deployments that ended in every way.</summary>
internal static class SampleReport
{
    public const string Hostile =
        "\"><script>alert(1)</script>`|\n# x [y](javascript:z) @all <!channel> ]]> ' \u202e$(id)";

    private static readonly DateTimeOffset Now = SampleRun.At(1892);

    public static DeploymentReport Success { get; } =
        WithLinks(
            new(
                SampleRun.Finished with
                {
                    Record = DeploymentRecords.Compose(
                        SampleRun.Finished,
                        DeploymentStatus.Success,
                        SampleRun.At(1890),
                        SampleRun.At(1891)
                    ),
                },
                DeploymentStatus.Success,
                Now
            )
            {
                NotSent = ["mail: no server is configured"],
                Ticks = Recordings.Read("promoted"),
            }
        );

    public static DeploymentReport RolledBack { get; } =
        WithLinks(
            new(
                SampleRun.Prepared with
                {
                    Rollout = SampleRun.Finished.Rollout! with
                    {
                        Result = RolloutOutcome.RolledBack,
                        Serving = SampleRun.Started.Release.PreviousVersion,
                        SecondsToZero = 0.31,
                        Stages =
                        [
                            SampleRun.Finished.Rollout.Stages[0] with
                            {
                                DurationSeconds = 34.2,
                                Status = "aborted",
                                CandidateErrors = 9,
                                CandidateRequests = 171,
                                Explanation = "p = 0.004, driven by 5xx, ratio 48 (11 to 203)",
                            },
                        ],
                        FinishedAt = SampleRun.At(97),
                    },
                },
                DeploymentStatus.RolledBack,
                Now,
                new(
                    "Rollout",
                    "the candidate was judged worse than v1.2.2",
                    SampleRun.At(97),
                    "no more than 25 % more errors"
                )
            )
            {
                Ticks = Recordings.Read("taken-back"),
            }
        );

    public static DeploymentReport Failed { get; } =
        WithLinks(
            new(
                SampleRun.Finished with
                {
                    Smoke = null,
                    Validation = null,
                },
                DeploymentStatus.Failed,
                Now,
                SampleRun.SmokeFailure
            )
        );

    public static DeploymentReport Cancelled { get; } =
        new(
            SampleRun.Started with
            {
                Release = SampleRun.Started.Release with { PreviousVersion = null, Region = null },
            },
            DeploymentStatus.Cancelled,
            Now
        );

    public static DeploymentReport Held { get; } =
        WithLinks(
            new(
                SampleRun.Prepared with
                {
                    Rollout = SampleRun.Finished.Rollout! with
                    {
                        Result = RolloutOutcome.Held,
                        Stages = SampleRun.Finished.Rollout.Stages[..2],
                    },
                },
                DeploymentStatus.Failed,
                Now
            )
        );

    /// <summary>Everything that comes from outside is an attack.</summary>
    public static DeploymentReport Attacked { get; } =
        WithLinks(
            new(
                Success.Run with
                {
                    Release = Success.Run.Release with
                    {
                        TriggeredBy = Hostile,
                        GitRef = Hostile,
                        ForceReason = Hostile,
                        Region = Hostile,
                    },
                    Record = null,
                    Checks = Success.Run.Checks! with
                    {
                        Checks = [new(Hostile, Slipway.Checks.CheckStatus.Failed, Hostile, "javascript:alert(1)")],
                    },
                    Backup = Success.Run.Backup! with { Location = Hostile, Proof = null },
                    Rollout = Success.Run.Rollout! with
                    {
                        Stages =
                        [
                            Success.Run.Rollout.Stages[0] with
                            {
                                Stage = Hostile,
                                Status = Hostile,
                                Explanation = Hostile,
                            },
                        ],
                    },
                    Migration = Success.Run.Migration! with
                    {
                        Applied = [Success.Run.Migration.Applied[0] with { File = Hostile }],
                    },
                    Smoke = Success.Run.Smoke! with
                    {
                        Checks = [new(Hostile, SmokeKind.Health, Hostile, false, Hostile, 1)],
                    },
                    Validation = Success.Run.Validation! with
                    {
                        PlatformReason = Hostile,
                        Flows =
                        [
                            new(
                                Hostile,
                                1,
                                1,
                                Hostile,
                                [
                                    Hostile + ".png",
                                    "../../etc/passwd",
                                    "/etc/passwd",
                                    "javascript:alert(1)",
                                    "a/b c.png",
                                ]
                            ),
                        ],
                    },
                },
                DeploymentStatus.Failed,
                Now,
                new("Smoke", Hostile, Now, Hostile, Hostile, Hostile, 1, Hostile + "\n```\n# out")
            )
            {
                NotSent = [Hostile],
                Ticks =
                [
                    new() { Plan = new(new(), [new(Hostile, 5, 6), new(Hostile, 50, 6), new(Hostile, 100, 6)]) },
                    .. Recordings.Read("taken-back").Skip(1),
                ],
            }
        );

    private static DeploymentReport WithLinks(DeploymentReport report) =>
        report with
        {
            Links = ActionLinks.Of(report, "azora/sample"),
        };
}
