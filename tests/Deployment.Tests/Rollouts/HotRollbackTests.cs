using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

public sealed class HotRollbackTests
{
    private FakeWorld world = null!;

    [SetUp]
    public async Task RollOut()
    {
        world = new FakeWorld();
        await new RolloutMachine(world.Plan(), world.Ports()).RunAsync(CancellationToken.None);
        world.Calls.Clear();
    }

    private HotRollback Rollback() => new(world.Time, world, world, world);

    [Test]
    public async Task IsOneSwitch()
    {
        var result = await Rollback().RunAsync(FakeWorld.Versions("v1.0.0"), CancellationToken.None);
        (result.Serving.Semver, result.Left!.Semver).ShouldBe(("v1.0.0", "v2.0.0"));
        world.Stable.DeploymentId.ShouldBe("deploy-old");
        world.Calls.Count(call => call is "swap").ShouldBe(1);
        world.Calls.ShouldNotContain(call => call.StartsWith("share"));
    }

    [Test]
    public async Task AskedTwice_SwitchesOnce()
    {
        await Rollback().RunAsync(FakeWorld.Versions("v1.0.0"), CancellationToken.None);
        var again = await Rollback().RunAsync(FakeWorld.Versions("v1.0.0"), CancellationToken.None);
        again.Serving.Semver.ShouldBe("v1.0.0");
        world.Calls.Count(call => call is "swap").ShouldBe(1);
    }

    [TestCase("ill")]
    [TestCase("dead")]
    [TestCase("half")]
    [TestCase("gone")]
    [TestCase("another")]
    public async Task ToAVersionThatIsNotFit_ChangesNothing(string how)
    {
        switch (how)
        {
            case "ill":
                world.Other.IsIll = true;
                break;
            case "dead":
                world.Other.Alive = 0;
                break;
            case "half":
                world.Other.Alive = 1;
                break;
            case "gone":
                world.Other.Version = null;
                break;
        }
        var expected = FakeWorld.Versions(how == "another" ? "v0.9.0" : "v1.0.0");
        var error = await Should.ThrowAsync<PipelineException>(Rollback().RunAsync(expected, CancellationToken.None));
        error.Message.ShouldStartWith("no hot rollback: ");
        error.Next!.ShouldContain("--cold");
        world.Stable.DeploymentId.ShouldBe("deploy-new");
        world.Calls.ShouldNotContain("swap");
    }
}
