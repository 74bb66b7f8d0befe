using Slipway.EndToEnd.Tests;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>What is done to a release while users ask.</summary>
/// <param name="GoesBack">Whether the version before serves at the end.</param>
internal sealed record LossScenario(string Name, bool GoesBack, Func<SandboxProduct, Task> PlayAsync)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static LossScenario[] All { get; } =
    [
        new("5, 50, 100 %, then a hot rollback", true, HotRollbackAsync),
        new("abort at 5 %", true, product => AbortAsync(product, "Rollout", "5 % of the traffic goes to")),
        new("abort at 50 %", true, product => AbortAsync(product, "Rollout", "50 % of the traffic goes to")),
        new("abort at 100 %", true, product => AbortAsync(product, "Rollout", "100 % of the traffic goes to")),
        new("abort after the promotion", true, product => AbortAsync(product, "ProductionValidation", null)),
        new("pause at 5 %, resume", false, PauseAsync),
        new("kill -9 at 50 %, --resume", false, KillAsync),
    ];

    private static async Task HotRollbackAsync(SandboxProduct product)
    {
        await product.DeployAsync(0);
        product.Read("rollout/rollout.json")["stages"]!
            .AsArray()
            .Select(stage => stage!["trafficPercentage"]!.GetValue<int>())
            .ShouldBe([5, 50, 100]);
        var back = await product.TypeAsync("--target=Rollback", "--yes", "--reason=to see that nobody notices");
        back.Text.ShouldContain("hot, one traffic switch");
    }

    private static async Task AbortAsync(SandboxProduct product, string stage, string? said)
    {
        var deployment = await product.DeployUntilAsync(stage, said);
        await product.TypeAsync("--target=Abort", "--reason=to see that nobody notices");
        var end = await deployment.EndAsync(Limit);
        end.ExitCode.ShouldBe(10, end.Text);
    }

    private static async Task PauseAsync(SandboxProduct product)
    {
        var deployment = await product.DeployUntilAsync("Rollout", "5 % of the traffic goes to");
        await product.TypeAsync("--target=Pause");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await product.TypeAsync("--target=Resume");
        var end = await deployment.EndAsync(Limit);
        end.ExitCode.ShouldBe(0, end.Text);
    }

    private static async Task KillAsync(SandboxProduct product)
    {
        var deployment = await product.DeployUntilAsync("Rollout", "50 % of the traffic goes to");
        deployment.Kill();
        await product.TypeAsync("--target=Deploy", "--resume");
    }
}
