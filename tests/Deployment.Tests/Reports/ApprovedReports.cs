using Slipway.Reports;

namespace Slipway.Deployment.Tests.Reports;

/// <summary>The wording and the look of every report stand beside this file, so that a change shows in review.</summary>
public class ApprovedReports
{
    private static readonly Dictionary<string, DeploymentReport> Reports = new()
    {
        ["success"] = SampleReport.Success,
        ["rolled-back"] = SampleReport.RolledBack,
        ["failed"] = SampleReport.Failed,
        ["cancelled"] = SampleReport.Cancelled,
        ["held"] = SampleReport.Held,
    };

    [TestCase("success")]
    [TestCase("rolled-back")]
    [TestCase("failed")]
    [TestCase("cancelled")]
    [TestCase("held")]
    public void Summary(string name) =>
        Approved.ShouldBe($"Reports/summary-{name}.approved.md", MarkdownReport.Write(Reports[name]));

    [TestCase("rolled-back")]
    [TestCase("failed")]
    [TestCase("cancelled")]
    public void Failure(string name) =>
        Approved.ShouldBe($"Reports/failure-{name}.approved.md", FailureReport.Write(Reports[name]));

    [TestCase("success")]
    [TestCase("rolled-back")]
    [TestCase("failed")]
    public void Page(string name) =>
        Approved.ShouldBe($"Reports/page-{name}.approved.html", HtmlReport.Write(Reports[name]));

    [Test]
    public void Messages() =>
        Approved.ShouldBe(
            "Reports/messages.approved.txt",
            string.Join("\n----\n", Reports.Values.Select(SlackMessages.Of)) + "\n"
        );
}
