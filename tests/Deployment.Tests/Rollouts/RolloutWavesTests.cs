using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Deployment.Tests.Runs;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>Regions, each a world of its own with users of its own, one after the other.</summary>
public sealed class RolloutWavesTests
{
    private static readonly string[] Regions = ["us-east", "eu-west", "ap-south"];

    private readonly List<string> switched = [];
    private FakeWorld[] worlds = null!;

    [SetUp]
    public void MakeWorlds()
    {
        switched.Clear();
        worlds = [new FakeWorld(), new FakeWorld()];
    }

    [Test]
    public async Task AGoodRelease_PassesRegionByRegion()
    {
        worlds[1].OnStart = () => worlds[0].Stable.DeploymentId.ShouldBe("deploy-new", "the first wave has passed");
        var end = await RunAsync();
        end.Result.Result.ShouldBe(RolloutOutcome.Promoted);
        (end.Result.Serving!.Semver, end.Result.Warm!.Semver).ShouldBe(("v2.0.0", "v1.0.0"));
        end.Result.Waves.Select(wave => (wave.Region, wave.Result, wave.Stages.Length))
            .ShouldBe([("us-east", RolloutOutcome.Promoted, 3), ("eu-west", RolloutOutcome.Promoted, 3)]);
        end.Result.Stages.Select(stage => stage.Region)
            .ShouldBe(["us-east", "us-east", "us-east", "eu-west", "eu-west", "eu-west"]);
        worlds.ShouldAllBe(world => world.Stable.DeploymentId == "deploy-new" && world.SecondsUnserved == 0);
    }

    [Test]
    public async Task ABadSecondWave_BringsTheFirstBack()
    {
        worlds[1].Script.Add((12, () => worlds[1].Other.ErrorRate = 0.5));
        var end = await RunAsync();
        (end.Result.Result, end.ExitCode).ShouldBe((RolloutOutcome.RolledBack, ExitCode.RolledBack));
        end.Result.Serving!.Semver.ShouldBe("v1.0.0");
        end.Result.Reason!.ShouldStartWith("eu-west: ");
        end.Result.Waves[0].Reason.ShouldBe("eu-west was taken back");
        end.Lines[0].ShouldBe("us-east: brought back to v1.0.0 in 0.00 s");
        var failure = end.ToFailure(SampleRun.Started.Release, "the-run/rollout");
        failure.ExitCode.ShouldBe(ExitCode.RolledBack);
        failure.Message.ShouldContain("does not serve: eu-west: ");
        failure.Message.ShouldContain("us-east: brought back to v1.0.0");
        failure.Next.ShouldBe("look at the-run/rollout, mend the release, and deploy its next version");
        ShouldServeTheVersionBefore();
    }

    [Test]
    public async Task TheNewestWaveIsBroughtBackFirst_AndTheOneThatFollowsIsNotBegun()
    {
        worlds = [new FakeWorld(), new FakeWorld(), new FakeWorld(), new FakeWorld()];
        worlds[2].Script.Add((12, () => worlds[2].Other.ErrorRate = 0.5));
        var end = await RunAsync([.. Regions, "sa-east"]);
        switched.ShouldBe(["us-east", "eu-west", "eu-west", "us-east"]);
        end.NotBegun.ShouldBe(["sa-east"]);
        end.Lines[^1].ShouldBe("sa-east: not begun");
        worlds[3].Calls.ShouldBeEmpty();
        ShouldServeTheVersionBefore();
    }

    [Test]
    public async Task ARegionThatCannotGoBack_IsTold_AndDoesNotKeepTheOthers()
    {
        worlds = [new FakeWorld(), new FakeWorld(), new FakeWorld()];
        worlds[2].OnStart = () => worlds[1].Other.Alive = 0;
        worlds[2].Script.Add((12, () => worlds[2].Other.ErrorRate = 0.5));
        var end = await RunAsync(Regions);
        (end.Result.Result, end.ExitCode).ShouldBe((RolloutOutcome.RolledBack, ExitCode.Held));
        end.Result.Waves[1].NotBroughtBack.ShouldBe("no hot rollback: no version is warm");
        end.Lines[1].ShouldBe("eu-west: NOT brought back, v2.0.0 serves: no hot rollback: no version is warm");
        var release = SampleRun.Started.Release;
        end.ToFailure(release, "")
            .Next.ShouldBe(
                $"./build.sh --target=Rollback --environment={release.Environment} --region=eu-west (--cold when nothing is warm)"
            );
        worlds.Select(world => world.Stable.Version!.Semver).ShouldBe(["v1.0.0", "v2.0.0", "v1.0.0"]);
        worlds[1].Stable.Alive.ShouldBe(2, "who cannot be brought back is left serving");
    }

    [Test]
    public async Task AWaveThatIsHeld_IsNoBadVerdict_AndTheSameCallGoesOnLater()
    {
        worlds[1].MetricsAnswer = false;
        var held = await RunAsync();
        (held.Result.Result, held.ExitCode).ShouldBe((RolloutOutcome.Held, ExitCode.Held));
        held.Result.Serving.ShouldBeNull("the regions serve different versions");
        held.ToFailure(SampleRun.Started.Release, "")
            .Next.ShouldBe(
                $"./build.sh --target=Deploy --resume --deployment-id={SampleRun.Started.Release.DeploymentId}"
            );
        worlds.Select(world => world.Stable.Version!.Semver).ShouldBe(["v2.0.0", "v1.0.0"]);

        worlds[1].MetricsAnswer = true;
        switched.Clear();
        var end = (await RunAsync()).After(held.Result.Waves);
        end.Result.Result.ShouldBe(RolloutOutcome.Promoted);
        switched.ShouldBe(["eu-west"], "the first wave serves already");
        end.Result.Waves.Select(wave => wave.Stages.Length).ShouldBe([3, 3]);
        end.Result.Waves.ShouldAllBe(wave => wave.Warm!.Semver == "v1.0.0");
    }

    [Test]
    public async Task AFreezeBetweenTheWaves_LetsTheFirstServe()
    {
        var calendar = new FreezeCalendar([
            new("weekend", FakeTime.Start.AddMinutes(-1), FakeTime.Start.AddDays(1), [], null, null),
        ]);
        var end = await RunAsync(freeze: calendar);
        (end.Result.Result, end.ExitCode).ShouldBe((RolloutOutcome.Held, ExitCode.Frozen));
        worlds.Select(world => world.Stable.Version!.Semver).ShouldBe(["v2.0.0", "v1.0.0"]);
    }

    [Test]
    public async Task AnApprovalThatNobodyGave_LetsTheFirstServe()
    {
        worlds[1].Approve = _ =>
            Task.FromException<ApprovalAnswer>(new PipelineException(ExitCode.Held, "a person's yes"));
        var end = await RunAsync(approvalInTheLast: true);
        (end.Result.Result, end.ExitCode).ShouldBe((RolloutOutcome.Held, ExitCode.Held));
        worlds.Select(world => world.Stable.Version!.Semver).ShouldBe(["v2.0.0", "v1.0.0"]);
        worlds[1].Share.ShouldBe(0);
    }

    [Test]
    public async Task AnApprovalThatWasRefused_BringsTheFirstBack()
    {
        worlds[1].Approve = _ => Task.FromResult(new ApprovalAnswer(false, "eve", "not today"));
        var end = await RunAsync(approvalInTheLast: true);
        end.ExitCode.ShouldBe(ExitCode.RolledBack);
        ShouldServeTheVersionBefore();
    }

    [Test]
    public async Task AnAbortInTheSecondWave_TakesBackEverything()
    {
        worlds[1].Script.Add((35, () => worlds[1].Requests.Enqueue(new(ControlKind.Abort, "ann", "users complain"))));
        var end = await RunAsync();
        end.Result.Reason.ShouldBe("eu-west: aborted by ann: users complain");
        ShouldServeTheVersionBefore();
    }

    [Test]
    public async Task ACancellationInTheSecondWave_TakesBackEverything()
    {
        using var cancellation = new CancellationTokenSource();
        worlds[1].Script.Add((35, cancellation.Cancel));
        var end = await RunAsync(cancellation: cancellation.Token);
        end.Failure.ShouldBeAssignableTo<OperationCanceledException>();
        ShouldServeTheVersionBefore();
    }

    [Test]
    public async Task ACandidateThatDoesNotStartInTheSecondWave_BringsTheFirstBack()
    {
        worlds[1].OnStart = () => throw new PipelineException("the image is broken");
        var end = await RunAsync();
        end.ExitCode.ShouldBe(ExitCode.RolledBack);
        end.Failure!.Message.ShouldBe("the image is broken");
        end.Lines.ShouldBe(["us-east: brought back to v1.0.0 in 0.00 s", "eu-west: taken back, v1.0.0 serves"]);
        ShouldServeTheVersionBefore();
    }

    [Test]
    public async Task WhereNoVersionServedBefore_TheNewOneStays()
    {
        worlds = [new FakeWorld(hasStable: false), new FakeWorld()];
        worlds[1].Script.Add((12, () => worlds[1].Other.ErrorRate = 0.5));
        var end = await RunAsync();
        end.ExitCode.ShouldBe(ExitCode.RolledBack);
        end.Lines[0]
            .ShouldBe(
                "us-east: v2.0.0 serves (eu-west was taken back, and no version served here before: v2.0.0 stays)"
            );
        worlds.Select(world => world.Stable.Version!.Semver).ShouldBe(["v2.0.0", "v1.0.0"]);
    }

    [Test]
    public async Task KilledAtAnyCallOfTheSecondWave_TheNextRunAsksTheRouters_AndFinishes(
        [Values("BeforeTheEffect", "AfterTheEffect")] string how
    )
    {
        var whole = await CallsOfTheSecondWaveAsync();
        for (var call = 1; call <= whole; call += 3)
        {
            MakeWorlds();
            (worlds[1].DeathAtCall, worlds[1].Death) = (call, Enum.Parse<Death>(how));
            RunAsync().IsCompleted.ShouldBeFalse();
            var where = $"call {call}: {worlds[1].Calls[^1]}";
            worlds[0].Stable.DeploymentId.ShouldBe("deploy-new", where);
            worlds[1].Reboot();
            worlds[1].DeathAtCall = 0;
            worlds[0].Calls.Clear();
            var end = await RunAsync();
            end.Result.Result.ShouldBe(RolloutOutcome.Promoted, where);
            worlds[0].Calls.ShouldNotContain("swap", where);
            worlds[0].Calls.ShouldNotContain("start", where);
            worlds.ShouldAllBe(world => world.Stable.DeploymentId == "deploy-new" && world.SecondsUnserved == 0, where);
        }
    }

    [Test]
    public async Task EveryRegionsLogReplaysToTheSameVerdicts()
    {
        worlds[1].Script.Add((12, () => worlds[1].Other.ErrorRate = 0.5));
        await RunAsync();
        foreach (var world in worlds)
        {
            var lines = TickLog.Read(string.Concat(world.Lines.Select(line => TickLog.Write(line) + "\n")));
            lines.ShouldNotBeEmpty();
            Replay.Differences(lines).ShouldBeEmpty();
        }
    }

    [Test]
    public async Task WithoutRegions_ItIsOneRollout()
    {
        var world = new FakeWorld();
        var end = await new RolloutWaves([new(null, world.Plan(), world.Ports())]).RunAsync(CancellationToken.None);
        (end.Result.Result, end.Result.Waves.Length, end.Lines.Length).ShouldBe((RolloutOutcome.Promoted, 0, 0));
        end.Result.Stages.ShouldAllBe(stage => stage.Region == null);

        var broken = new FakeWorld { OnStart = () => throw new PipelineException("the image is broken") };
        await Should.ThrowAsync<PipelineException>(
            new RolloutWaves([new(null, broken.Plan(), broken.Ports())]).RunAsync(CancellationToken.None)
        );
    }

    private static async Task<int> CallsOfTheSecondWaveAsync()
    {
        var world = new FakeWorld();
        await new RolloutMachine(Short(world, approval: false), world.Ports()).RunAsync(CancellationToken.None);
        return world.Calls.Count;
    }

    private static RolloutPlan Short(FakeWorld world, bool approval) =>
        world.Plan(
            holdLimit: TimeSpan.FromMinutes(2),
            with: settings =>
                settings with
                {
                    CheckInterval = TimeSpan.FromSeconds(5),
                    Stages =
                    [
                        .. settings.Stages.Select(
                            (stage, index) =>
                                stage with
                                {
                                    Duration = TimeSpan.FromSeconds(30),
                                    RequiresApproval = approval && index == 1,
                                }
                        ),
                    ],
                }
        );

    [Test]
    public async Task WhatPassedIsTold_BeforeTheNextWaveIsBegun_AndOutlivesTheProcessAsAFile()
    {
        var told = new List<string>();
        await RunAsync(onPassed: passed =>
        {
            worlds[1].Stable.Version!.Semver.ShouldBe("v1.0.0");
            told.Add(PassedWaves.Write(passed));
            return Task.CompletedTask;
        });
        var wave = PassedWaves.Read(told.ShouldHaveSingleItem()).ShouldHaveSingleItem();
        (wave.Region, wave.Result, wave.Stages.Length).ShouldBe(("us-east", RolloutOutcome.Promoted, 3));
        var confirmed = wave with { Stages = [] };
        confirmed.After([wave]).Stages.Select(stage => stage.Stage).ShouldBe(wave.Stages.Select(stage => stage.Stage));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("[{\"region\":\"us-east\",")]
    [TestCase("{}")]
    public void AFileOfPassedWavesThatIsDamaged_IsNone(string? text) => PassedWaves.Read(text).ShouldBeEmpty();

    private Task<RolloutWavesEnd> RunAsync(
        string[]? regions = null,
        IFreezeCalendar? freeze = null,
        bool approvalInTheLast = false,
        Func<ImmutableArray<RolloutWaveResult>, Task>? onPassed = null,
        CancellationToken cancellation = default
    ) =>
        new RolloutWaves([
            .. worlds.Select(
                (world, index) =>
                {
                    var isLast = index == worlds.Length - 1;
                    var region = (regions ?? Regions)[index];
                    var ports = world.Ports(isLast ? freeze : null);
                    return new RolloutWave(
                        region,
                        Short(world, approvalInTheLast && isLast),
                        ports with
                        {
                            Router = new NotedRouter(ports.Router, () => switched.Add(region)),
                        }
                    );
                }
            ),
        ])
        {
            OnPassed = onPassed,
        }.RunAsync(cancellation);

    private void ShouldServeTheVersionBefore()
    {
        foreach (var world in worlds)
        {
            world.Stable.DeploymentId.ShouldBe("deploy-old");
            world.Share.ShouldBe(0);
            world.Other.Version.ShouldBeNull("what was taken back is stopped");
            world.SecondsUnserved.ShouldBe(0);
        }
    }

    /// <summary>Notes every switch.</summary>
    private sealed class NotedRouter(ITrafficRouter router, Action switched) : ITrafficRouter
    {
        public Task<RouterState> ReadAsync(CancellationToken cancellation) => router.ReadAsync(cancellation);

        public Task SetCandidateShareAsync(int percent, CancellationToken cancellation) =>
            router.SetCandidateShareAsync(percent, cancellation);

        public async Task SwapAsync(CancellationToken cancellation)
        {
            await router.SwapAsync(cancellation);
            switched();
        }
    }
}
