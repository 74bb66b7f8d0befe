using System.Globalization;
using System.Text;

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

    private static IEnumerable<TestCaseData> Cells()
    {
        var cells = Part is { } part
            ? Stages
                .Where(stage => part == "whole" || part.Split(',').Contains(stage, StringComparer.Ordinal))
                .SelectMany(stage => Injection.All.Select(fault => (Stage: stage, Fault: fault)))
            :
            [
                ("TerraformDeploy", Injection.Terminate),
                ("Rollout", Injection.InterruptTwice),
                ("Rollout", Injection.RouterDead),
                ("Rollout", Injection.CandidateDead),
                ("Rollout", Injection.StableDead),
            ];
        return cells.Select(cell => new TestCaseData(cell.Item1, cell.Item2));
    }

    [OneTimeSetUp]
    public async Task DeployTheVersionBefore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        await DeployAsync();
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        await _checkout.DisposeAsync();
        if (Part is not null)
            ReliabilityPage.Write(FaultCell.ReadAll());
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
        await Injection.HappenAsync(fault, _checkout, build, version);
        var run = await build.EndAsync(Patience);
        var served = await _checkout.EventuallyServedAsync(TimeSpan.FromSeconds(LongestOutage));
        var report = probe.Read();
        var resumed = run.ExitCode == 0 ? null : await ResumeAsync(version);
        var cell = new FaultCell(
            stage,
            fault,
            Story.Of(run),
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
            resumed?.ExitCode
        );
        cell.Keep();

        served.ShouldNotBeEmpty(run.Text);
        served.ShouldBeSubsetOf([_checkout.ServedBefore, version], run.Text);
        report.SecondsWithout.ShouldBeLessThan(LongestOutage, run.Text);
        (resumed ?? run).ExitCode.ShouldBe(0, run.Text + resumed?.Text);
        (await _checkout.ServedAsync()).ShouldBe([version], run.Text + resumed?.Text);
    }

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

/// <summary>What happened in a run, in the words that it printed.</summary>
internal static class Story
{
    public static string Of(Run run)
    {
        var story = new StringBuilder();
        foreach (var line in run.Text.Split('\n').Select(line => line.Trim()))
        {
            if (line.Contains("started again", StringComparison.Ordinal))
                Add(line);
        }
        Add(
            run.ExitCode switch
            {
                0 => "went on to the end",
                130 => "cancelled",
                137 => "died",
                _ => run.Text.Split('\n').LastOrDefault(line => line.Contains(" failed: ", StringComparison.Ordinal))
                    ?? "failed",
            }
        );
        return story.ToString();

        void Add(string text)
        {
            var cut = text.Length > 160 ? text[..160] + "…" : text;
            if (story.ToString().Contains(cut, StringComparison.Ordinal))
                return;
            story.Append(story.Length == 0 ? "" : "; ").Append(cut.Replace("|", "/", StringComparison.Ordinal));
        }
    }
}

/// <summary>The table of <c>docs/reliability.md</c>; the words around it are written by hand.</summary>
internal static class ReliabilityPage
{
    private const string Begin = "<!-- the table begins: written by FaultMatrix -->";
    private const string End = "<!-- the table ends -->";

    public static void Write(FaultCell[] cells)
    {
        var file = Path.Combine(Checkout.Repository, "docs", "reliability.md");
        var page = File.ReadAllText(file);
        var (from, to) = (
            page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length,
            page.IndexOf(End, StringComparison.Ordinal)
        );
        File.WriteAllText(file, page[..from] + "\n" + Table(cells) + page[to..]);
    }

    private static string Table(FaultCell[] cells)
    {
        var table = new StringBuilder(
            $"""
            {cells.Length} of {FaultMatrix.Stages.Length
                * Injection.All.Length} cells, run on {DateTime.UtcNow:yyyy-MM-dd}.

            | stage | fault | what happened | served at the end | s without service | failed of sent | exit | `--resume` |
            |---|---|---|---|---|---|---|---|

            """
        );
        foreach (var cell in cells)
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {cell.Stage} | {cell.Fault} | {cell.Happened} | {string.Join(", ", cell.Served)} | {cell.SecondsWithout:0.00} | {cell.Failed} of {cell.Sent} | {cell.ExitCode} | {cell.Resumed?.ToString(CultureInfo.InvariantCulture) ?? "not needed"} |"
            );
        return table.ToString();
    }
}
