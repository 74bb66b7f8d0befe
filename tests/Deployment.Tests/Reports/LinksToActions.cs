using Slipway.Outcomes;
using Slipway.Reports;

namespace Slipway.Deployment.Tests.Reports;

public class LinksToActions
{
    private static readonly DeploymentReport[] Reports =
    [
        SampleReport.Success,
        SampleReport.RolledBack,
        SampleReport.Failed,
        SampleReport.Cancelled,
        SampleReport.Held,
    ];

    [Test]
    public void Are_there_whatever_the_outcome_and_lead_to_the_repository()
    {
        foreach (var report in Reports)
        {
            var links = ActionLinks.Of(report, "azora/sample");

            links.ShouldNotBeEmpty();
            links.ShouldAllBe(link => link.Url.AbsoluteUri.StartsWith("https://github.com/azora/sample/"));
            links.Select(link => link.Label).ShouldBeUnique();
            links
                .Where(link => link.Url.AbsolutePath.Contains("/workflows/"))
                .ShouldAllBe(link => link.Command!.StartsWith("gh workflow run "));
        }
    }

    [Test]
    public void Are_none_without_a_repository() => ActionLinks.Of(SampleReport.Success, null).ShouldBeEmpty();

    [Test]
    public void Are_named_by_category() =>
        SampleReport
            .Success.Links.Select(link => link.CategoryText)
            .ShouldBe(["rollback", "state", "release", "maintenance"]);

    [TestCase("Stop", "https://github.com/x")]
    [TestCase("A label that is longer than anybody will ever care to read", "https://github.com/x")]
    [TestCase("Roll back", "http://github.com/x")]
    [TestCase("Roll back", "javascript:alert(1)")]
    [TestCase("Roll back", "https://user@github.com/x")]
    [TestCase("Roll back", "relative")]
    public void Are_refused_where_they_break_the_rules(string label, string url) =>
        Should.Throw<PipelineException>(() =>
            new ActionLink(label, new Uri(url, UriKind.RelativeOrAbsolute), ActionCategory.State, "", "", null)
        );
}
