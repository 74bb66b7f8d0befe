using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>
/// The program dies at a call to the outside world, before or after its effect, and a new one finds the world as the
/// old one left it. Every call of a whole rollout is tried.
/// </summary>
public sealed class TheProgramDies
{
    /// <summary>Stages of half a minute: as many kinds of calls as in a long rollout, fewer of each.</summary>
    private static RolloutPlan ShortPlan(FakeWorld world, string deploymentId = "deploy-new") =>
        world.Plan(
            deploymentId,
            with: settings =>
                settings with
                {
                    CheckInterval = TimeSpan.FromSeconds(5),
                    Stages = [.. settings.Stages.Select(stage => stage with { Duration = TimeSpan.FromSeconds(30) })],
                }
        );

    private static int CallsOfAWholeRollout()
    {
        var world = new FakeWorld();
        new RolloutMachine(ShortPlan(world), world.Ports())
            .RunAsync(CancellationToken.None)
            .IsCompletedSuccessfully.ShouldBeTrue();
        return world.Calls.Count;
    }

    [Test]
    public async Task AtAnyCall_TheStableVersionServes_AndTheNextRunFinishes(
        [Values("BeforeTheEffect", "AfterTheEffect")] string how
    )
    {
        var death = Enum.Parse<Death>(how);
        var calls = CallsOfAWholeRollout();
        for (var call = 1; call <= calls; call++)
        {
            var world = new FakeWorld { DeathAtCall = call, Death = death };
            new RolloutMachine(ShortPlan(world), world.Ports())
                .RunAsync(CancellationToken.None)
                .IsCompleted.ShouldBeFalse();
            var where = $"call {call}: {world.Calls[^1]}";
            Serves(world).ShouldBeTrue(where);
            var share = world.Share;
            world.Reboot();
            world.DeathAtCall = 0;
            world.Calls.Clear();
            var result = await new RolloutMachine(ShortPlan(world), world.Ports()).RunAsync(CancellationToken.None);
            result.Result.ShouldBe(RolloutOutcome.Promoted, where);
            world.Stable.DeploymentId.ShouldBe("deploy-new", where);
            world.Share.ShouldBe(0, where);
            world.SecondsUnserved.ShouldBe(0, where);
            FirstWeight(world)
                .ShouldBeLessThanOrEqualTo(Math.Max(5, share), $"{where}: goes on at the last weight or lower");
        }
    }

    [Test]
    public async Task AtAnyCallOfATakeBack_TheNextRunTakesBackAgainOrStartsAnew(
        [Values("BeforeTheEffect", "AfterTheEffect")] string how
    )
    {
        var death = Enum.Parse<Death>(how);
        FakeWorld Bad(int call)
        {
            var world = new FakeWorld { DeathAtCall = call, Death = call == 0 ? Death.None : death };
            world.Script.Add((12, () => world.Other.ErrorRate = 0.5));
            return world;
        }

        var whole = Bad(0);
        await new RolloutMachine(ShortPlan(whole), whole.Ports()).RunAsync(CancellationToken.None);
        for (var call = whole.Calls.Count - 20; call <= whole.Calls.Count; call++)
        {
            var world = Bad(call);
            new RolloutMachine(ShortPlan(world), world.Ports())
                .RunAsync(CancellationToken.None)
                .IsCompleted.ShouldBeFalse();
            world.Reboot();
            world.DeathAtCall = 0;
            world.CandidateErrorRate = 0.5;
            var result = await new RolloutMachine(ShortPlan(world), world.Ports()).RunAsync(CancellationToken.None);
            result.Result.ShouldBe(RolloutOutcome.RolledBack);
            world.Stable.DeploymentId.ShouldBe("deploy-old");
            world.Share.ShouldBe(0);
            world.SecondsUnserved.ShouldBe(0);
        }
    }

    [Test]
    public async Task AndTheCandidateWithIt_TrafficGoesBackFirst([Values(12, 45, 75)] double at)
    {
        var world = new FakeWorld();
        world.Script.Add(
            (
                at,
                () =>
                {
                    world.Death = Death.AfterTheEffect;
                    world.DeathAtCall = world.Calls.Count + 1;
                }
            )
        );
        new RolloutMachine(ShortPlan(world), world.Ports())
            .RunAsync(CancellationToken.None)
            .IsCompleted.ShouldBeFalse();
        world.Other.Alive = 0;
        world.Reboot();
        world.Calls.Clear();
        var result = await new RolloutMachine(ShortPlan(world), world.Ports()).RunAsync(CancellationToken.None);
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world
            .Calls.Where(call => call.StartsWith("share") || call is "start" or "stop")
            .Take(3)
            .ShouldBe(["share 0", "stop", "start"]);
    }

    [Test]
    public async Task AndAnotherDeploymentComes_ItsLeftoverIsTakenBackFirst()
    {
        var world = new FakeWorld();
        world.Script.Add((45, () => (world.Death, world.DeathAtCall) = (Death.AfterTheEffect, world.Calls.Count + 1)));
        new RolloutMachine(ShortPlan(world), world.Ports())
            .RunAsync(CancellationToken.None)
            .IsCompleted.ShouldBeFalse();
        world.Share.ShouldBe(50);
        world.Reboot();
        world.Calls.Clear();
        var result = await new RolloutMachine(ShortPlan(world, "deploy-third"), world.Ports()).RunAsync(
            CancellationToken.None
        );
        result.Result.ShouldBe(RolloutOutcome.Promoted);
        world.Calls.First(call => call.StartsWith("share")).ShouldBe("share 0");
        world.Stable.DeploymentId.ShouldBe("deploy-third");
    }

    /// <summary>Whatever has traffic runs.</summary>
    private static bool Serves(FakeWorld world) =>
        world.Share == 0 ? world.Stable.Serves : world.Stable.Serves && world.Other.Serves;

    private static int FirstWeight(FakeWorld world)
    {
        var first = world.Calls.FirstOrDefault(call => call.StartsWith("share ") && call != "share 0");
        return first is null ? 0 : int.Parse(first["share ".Length..]);
    }
}
