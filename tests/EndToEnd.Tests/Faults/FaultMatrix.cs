using System.Globalization;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>
/// Every stage × every fault, in real deployments. The suite runs the cells that differ most; the whole matrix runs with
/// <c>SLIPWAY_FAULT_MATRIX=whole</c> (a stage or a list of them with commas works, too) and writes its table into
/// <c>docs/reliability.md</c>.
/// </summary>
[Order(4)]
[Category("FaultMatrix")]
public sealed class FaultMatrix
{
    public const string Variable = "SLIPWAY_FAULT_MATRIX";

    /// <summary>Seconds. What was measured stands in the table; the test only refuses what is out of all proportion.</summary>
    private const double LongestOutage = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static readonly string[] Stages =
    [
        "ValidateRelease",
        "PreDeploymentChecks",
        "BuildApk",
        "BuildImages",
        "Backup",
        "TerraformPlan",
        "TerraformDeploy",
        "Migrate",
        "Rollout",
        "Smoke",
        "ProductionValidation",
        "Record",
        "Report",
    ];

    private Checkout _checkout = null!;
    private int _version;

    private static string? Part => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } part ? part : null;

    private static IEnumerable<TestCaseData> Cells() =>
        (Part is { } part ? part.Split(',').SelectMany(CellsOf) : OfTheSuite).Select(cell => new TestCaseData(
            cell.Stage,
            cell.Fault
        ));

    /// <param name="part"><c>whole</c>, a stage, or one cell of it: <c>Smoke/SIGTERM</c>.</param>
    private static IEnumerable<(string Stage, string Fault)> CellsOf(string part)
    {
        var (stage, fault) = part.Split('/', 2) is [var name, var one] ? (name, one) : (part, null);
        var cells = Stages
            .Where(known => stage == "whole" || stage == known)
            .SelectMany(known => Injection.All.Select(each => (Stage: known, Fault: each)))
            .Where(cell => fault is null || fault == cell.Fault)
            .ToArray();
        return cells.Length > 0
            ? cells
            : throw new ArgumentException(
                $"{Variable}: there is no {part}; whole, or one of {string.Join(", ", Stages)}, with / and one of {string.Join(", ", Injection.All)}"
            );
    }

    private static (string Stage, string Fault)[] OfTheSuite =>
        [
            ("TerraformDeploy", Injection.Terminate),
            ("Rollout", Injection.InterruptTwice),
            ("Rollout", Injection.RouterDead),
            ("Rollout", Injection.CandidateDead),
            ("Rollout", Injection.StableDead),
        ];

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        await DeployAsync();
        // A warm version beside the one that serves, as there is in an environment that was deployed to before.
        if (Part is not null)
            await DeployAsync();
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        await _checkout.DisposeAsync();
        if (Part is not null)
            await ReliabilityPage.WriteAsync();
    }

    [TestCaseSource(nameof(Cells))]
    public async Task UsersAreServed(string stage, string fault)
    {
        await HealAsync();
        _checkout.ServedBefore = (await _checkout.ServedAsync()).ShouldHaveSingleItem();
        var version = Next();
        await using var probe = new SteadyProbe(_checkout.PublicUrl());
        var build = _checkout.Start("--target=Deploy", "--version=v" + version);
        await build.UntilStageAsync(stage, Patience, stage == "Rollout" ? "50 % of the traffic" : null);
        var hit = await Injection.HappenAsync(fault, _checkout, build, version);
        var run = await build.EndAsync(Patience);
        var served = await _checkout.EventuallyServedAsync(TimeSpan.FromSeconds(LongestOutage));
        var report = probe.Read();
        var trouble = report.Failed > 0 || served.Length == 0 ? HaproxyMemory.Trouble(_checkout) : "";
        var resumed = run.ExitCode == 0 ? null : await ResumeAsync(version);
        var cell = new FaultCell(
            stage,
            fault,
            hit,
            [
                .. served.Select(one =>
                    one == version ? "new"
                    : one == _checkout.ServedBefore ? "before"
                    : one
                ),
            ],
            Math.Round(report.SecondsWithout, 2),
            report.Failed,
            report.Sent,
            run.ExitCode,
            resumed?.ExitCode,
            Commit,
            DateTimeOffset.UtcNow,
            run.Text
        );
        cell.Keep();
        cell.KeepEvidence($"{report}\n\n{trouble}\n\n{run.Text}\n\n{resumed?.Text}");

        served.ShouldNotBeEmpty(run.Text);
        served.ShouldBeSubsetOf([_checkout.ServedBefore, version], run.Text);
        report.SecondsWithout.ShouldBeLessThan(LongestOutage, $"{report}\n{run.Text}");
        if (!Injection.MayLoseRequests(fault, hit))
            report.Failed.ShouldBe(0, $"{report}\n{run.Text}");
        (resumed ?? run).ExitCode.ShouldBe(0, run.Text + resumed?.Text);
        (await _checkout.ServedAsync()).ShouldBe([version], run.Text + resumed?.Text);
    }

    private static string Commit { get; } =
        Checkout
            .RunAsync(
                "git",
                Checkout.Repository,
                ["-C", Checkout.Repository, "describe", "--always", "--dirty", "--exclude=*"],
                System.Collections.Immutable.ImmutableDictionary<string, string>.Empty,
                TimeSpan.FromSeconds(10)
            )
            .GetAwaiter()
            .GetResult()
            .Output.Trim();

    private Task<Run> ResumeAsync(string version) =>
        _checkout.BuildAsync("--target=Deploy", "--resume", "--version=v" + version);

    /// <summary>A cell begins in a good world, whatever the one before left.</summary>
    private async Task HealAsync()
    {
        if ((await _checkout.EventuallyServedAsync(TimeSpan.FromSeconds(2))).Length == 1)
            return;
        await _checkout.BuildAsync("--target=SandboxUp");
        await DeployAsync();
    }

    private async Task DeployAsync()
    {
        var run = await _checkout.BuildAsync("--target=Deploy", "--version=v" + Next());
        run.ExitCode.ShouldBe(0, run.Text);
    }

    private string Next()
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"1.0.{++_version}");
        _checkout.Commit("Change for " + version);
        _checkout.Tag("v" + version);
        return version;
    }
}
