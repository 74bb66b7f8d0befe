using System.Xml.Linq;
using Slipway.Tools;

namespace Slipway.Tools.Tests.DotNet;

public sealed class TestSummaryTests
{
    private static XDocument Trx(int total, int executed, int passed, string results = "") =>
        XDocument.Parse(
            $"""
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
              <Results>{results}</Results>
              <ResultSummary><Counters total="{total}" executed="{executed}" passed="{passed}" failed="0" /></ResultSummary>
            </TestRun>
            """
        );

    [Test]
    public void AnAbortedTestCountsAsFailed()
    {
        var summary = TestSummary.Parse(Trx(3, 3, 2));
        summary.ToString().ShouldBe("2 passed, 1 failed");
    }

    [Test]
    public void ATestThatDidNotRunIsSkipped()
    {
        var summary = TestSummary.Parse(Trx(3, 2, 2));
        (summary.Passed, summary.Failed, summary.Skipped).ShouldBe((2, 0, 1));
    }

    [Test]
    public void WhyTestsDidNotRunIsKeptOnce()
    {
        const string NotRun =
            """<UnitTestResult testName="A.B" outcome="NotExecuted"><Output><ErrorInfo><Message>no engine</Message></ErrorInfo></Output></UnitTestResult>""";
        var summary = TestSummary.Parse(Trx(3, 1, 1, NotRun + NotRun));
        summary.Add(summary).Obstacles.ShouldBe(["no engine"]);
        summary.Failures.ShouldBeEmpty();
    }

    [Test]
    public void AFailureCarriesItsNameAndMessage()
    {
        var summary = TestSummary.Parse(
            Trx(
                1,
                1,
                0,
                """<UnitTestResult testName="A.B" outcome="Failed"><Output><ErrorInfo><Message> no </Message></ErrorInfo></Output></UnitTestResult>"""
            )
        );
        summary.Failures.ShouldHaveSingleItem().ShouldBe(new FailedTest("A.B", "no"));
    }

    [Test]
    public void AnEmptyFileHasNoTests() => TestSummary.Parse(new XDocument()).ToString().ShouldBe("0 passed, 0 failed");
}
