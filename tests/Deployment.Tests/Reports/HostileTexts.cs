using System.Text.RegularExpressions;
using System.Xml.Linq;
using Slipway.Reports;

namespace Slipway.Deployment.Tests.Reports;

public class HostileTexts
{
    private readonly string _page = HtmlReport.Write(SampleReport.Attacked);

    [Test]
    public void Add_no_element_to_the_page()
    {
        _page.ShouldNotContain("<script", Case.Insensitive);
        Regex
            .Matches(_page, "<(?<name>[a-zA-Z][a-zA-Z0-9]*)")
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBeSubsetOf([
                "a",
                "body",
                "br",
                "code",
                "dd",
                "desc",
                "details",
                "div",
                "dl",
                "dt",
                "h1",
                "h2",
                "h3",
                "head",
                "header",
                "html",
                "img",
                "li",
                "line",
                "main",
                "meta",
                "p",
                "polygon",
                "polyline",
                "pre",
                "rect",
                "span",
                "strong",
                "style",
                "summary",
                "svg",
                "table",
                "tbody",
                "td",
                "text",
                "th",
                "thead",
                "title",
                "tr",
                "ul",
            ]);
    }

    [Test]
    public void Add_no_link_that_leaves_the_run_folder_but_to_https()
    {
        var targets = Regex
            .Matches(_page, "(?:href|src)=\"(?<to>[^\"]*)\"")
            .Select(match => match.Groups["to"].Value)
            .ToList();

        targets.ShouldContain("a/b%20c.png");
        targets.ShouldAllBe(target =>
            target.StartsWith("https://github.com/azora/sample/", StringComparison.Ordinal)
            || (!target.StartsWith('/') && !target.Contains("..") && !target.Contains(':'))
        );
    }

    [Test]
    public void Leave_the_pictures_well_formed()
    {
        foreach (Match svg in Regex.Matches(_page, "<svg.*?</svg>", RegexOptions.Singleline))
            Should.NotThrow(() => XElement.Parse(svg.Value));
        Regex.Count(_page, "<svg").ShouldBe(2);
    }

    [Test]
    public void Stay_in_their_row_and_mention_nobody_in_markdown()
    {
        foreach (
            var text in new[]
            {
                MarkdownReport.Write(SampleReport.Attacked),
                FailureReport.Write(SampleReport.Attacked),
            }
        )
        {
            var withoutBlocks = Regex.Replace(text, @"(?sm)^(`{3,})\w*\n.*?^\1$", "");
            var outsideOfCode = Regex.Replace(withoutBlocks.Replace(@"\`", ""), @"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "");
            outsideOfCode.ShouldNotContain("<script");
            outsideOfCode.ShouldNotContain("@all");
            Regex.IsMatch(outsideOfCode, @"(?<!\\)\]\(").ShouldBe(text.Contains("](https://github.com/azora/sample/"));
            outsideOfCode.ShouldNotMatch(@"(?<!\\)\]\((?!https://github\.com/azora/sample/)");
            text.Split('\n').ShouldNotContain("# x");
        }
    }

    [Test]
    public void Cannot_close_the_block_of_a_failure_s_output() =>
        FailureReport.Write(SampleReport.Attacked).ShouldContain("````\n\"><script>");

    [Test]
    public void Call_no_channel_in_slack()
    {
        var message = SlackMessages.Of(SampleReport.Attacked);

        message.ShouldNotContain("<!channel>");
        message.ShouldContain("&lt;!channel&gt;");
    }
}
