using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace Slipway.Tools;

/// <param name="Message">The assertion's message.</param>
public sealed record FailedTest(string Name, string Message);

/// <summary>Counts of a test run, read from its <c>.trx</c> files.</summary>
public sealed record TestSummary(int Passed, int Failed, int Skipped, ImmutableArray<FailedTest> Failures)
{
    /// <summary>Why tests did not run, each reason once: what did not run has shown nothing.</summary>
    public ImmutableArray<string> Obstacles { get; init; } = [];

    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static TestSummary Empty { get; } = new(0, 0, 0, []);

    /// <summary>One file's counts. What is neither passed nor skipped has failed, an aborted test too.</summary>
    public static TestSummary Parse(XDocument trx)
    {
        var counters = trx.Descendants(Trx + "Counters").FirstOrDefault();
        int Count(string name) => int.Parse(counters?.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture);
        var total = Count("total");
        var passed = Count("passed");
        var skipped = total - Count("executed");
        var failures = trx.Descendants(Trx + "UnitTestResult")
            .Where(result => result.Attribute("outcome")?.Value is not ("Passed" or "NotExecuted"))
            .Select(result => new FailedTest(
                result.Attribute("testName")?.Value ?? "?",
                result.Descendants(Trx + "Message").FirstOrDefault()?.Value.Trim() ?? ""
            ))
            .ToImmutableArray();
        return new TestSummary(passed, total - passed - skipped, skipped, failures)
        {
            Obstacles =
            [
                .. trx.Descendants(Trx + "UnitTestResult")
                    .Where(result => result.Attribute("outcome")?.Value is "NotExecuted")
                    .Select(result =>
                        result.Descendants(Trx + "Message").FirstOrDefault()?.Value.Trim() ?? "no reason is given"
                    )
                    .Distinct(),
            ],
        };
    }

    public TestSummary Add(TestSummary other) =>
        new(Passed + other.Passed, Failed + other.Failed, Skipped + other.Skipped, [.. Failures, .. other.Failures])
        {
            Obstacles = [.. Obstacles.Union(other.Obstacles)],
        };

    /// <summary><c>12 passed, 0 failed</c>.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed";
}
