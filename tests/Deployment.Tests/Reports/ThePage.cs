using System.Text.RegularExpressions;
using Slipway.Reports;

namespace Slipway.Deployment.Tests.Reports;

public class ThePage
{
    private readonly string _page = HtmlReport.Write(SampleReport.Success);

    [Test]
    public void Needs_nothing_from_elsewhere()
    {
        Regex.Matches(_page, "(?:src=|url\\(|@import|<link|<iframe|<object)[^>]*https?:").ShouldBeEmpty();
        _page.ShouldNotContain("<script");
    }

    [Test]
    public void Can_be_read_without_seeing_it()
    {
        _page.ShouldContain("<html lang=\"en\">");
        Regex.Count(_page, "<h1").ShouldBe(1);
        Regex.Matches(_page, "<img(?![^>]* alt=\"[^\"]+\")").ShouldBeEmpty();
        Regex.Matches(_page, "<svg(?![^>]*role=\"img\" aria-labelledby)").ShouldBeEmpty();
        Regex.Matches(_page, "<th(?![^>]*scope=)(?!ead)").ShouldBeEmpty();
        Regex.Matches(_page, "\\bid=\"([^\"]+)\"").Select(match => match.Value).ShouldBeUnique();
    }

    [Test]
    public void Closes_every_element_it_opens()
    {
        var open = new Stack<string>();
        foreach (Match tag in Regex.Matches(_page, "<(?<end>/?)(?<name>[a-zA-Z][a-zA-Z0-9]*)[^>]*?(?<empty>/?)>"))
        {
            var name = tag.Groups["name"].Value;
            if (name is "meta" or "img" or "br" || tag.Groups["empty"].Value == "/")
                continue;
            if (tag.Groups["end"].Value == "")
                open.Push(name);
            else
                open.Pop().ShouldBe(name);
        }
        open.ShouldBeEmpty();
    }
}
