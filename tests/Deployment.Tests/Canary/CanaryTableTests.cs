using Slipway.Deployment.Tests.Canary.Simulation;

namespace Slipway.Deployment.Tests.Canary;

/// <summary>The table of docs/canary.md at reduced size; the benchmark runs it in full.</summary>
public sealed class CanaryTableTests
{
    [TestCaseSource(nameof(Rows))]
    public void Meets(TableRow row) => row.Passes.ShouldBeTrue($"{row.Check}: {row.Bar}, but {row.Measured}");

    public static IEnumerable<TestCaseData> Rows() =>
        CanaryTable
            .Rows(runs: 1000, faultyRuns: 500, threads: 2)
            .Select(row => new TestCaseData(row).SetArgDisplayNames(row.Check));
}
