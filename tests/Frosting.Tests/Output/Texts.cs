using Slipway.Host;

namespace Slipway.Frosting.Tests.Output;

internal sealed class Texts
{
    [TestCase("plain", "plain")]
    [TestCase("tab\tstays", "tab\tstays")]
    [TestCase("\u001b[31mred\u001b[0m", "red")]
    [TestCase("\u001b]0;title\u0007x", "x")]
    [TestCase("\u001b]8;;http://x\u001b\\link", "link")]
    [TestCase("a\bb\u0007", "ab")]
    [TestCase("\u001b", "")]
    [TestCase("\u001b[", "")]
    [TestCase("\u009b31mx", "31mx")]
    public void A_line_is_made_printable(string text, string printable) =>
        Printable.Line(text, keepColours: false).ShouldBe(printable);

    [TestCase("a\nb", "a|b")]
    [TestCase("a\r\nb\n", "a|b")]
    [TestCase("a\rb", "a|b")]
    [TestCase("\n\n", "|")]
    [TestCase("", "")]
    [TestCase("open", "open")]
    public void Text_is_parted_into_lines_however_it_comes_in_pieces(string text, string lines)
    {
        foreach (var size in new[] { 1, 2, 100 })
        {
            var read = new List<string>();
            var splitter = new LineSplitter(read.Add);
            foreach (var piece in text.Chunk(size))
            {
                splitter.Append(piece);
            }

            splitter.Flush();
            string.Join('|', read).ShouldBe(lines);
        }
    }

    [Test]
    public void A_line_without_end_is_cut()
    {
        var read = new List<string>();
        var splitter = new LineSplitter(read.Add);
        splitter.Append(new string('x', 200_000));
        splitter.Flush();
        read.Count.ShouldBe(4);
        read.Sum(line => line.Length).ShouldBe(200_000);
    }

    [TestCase(0, "0.00 s")]
    [TestCase(9.99, "9.99 s")]
    [TestCase(9.999, "10.0 s")]
    [TestCase(59.94, "59.9 s")]
    [TestCase(59.96, "1 min 00 s")]
    [TestCase(125, "2 min 05 s")]
    [TestCase(3600, "1 h 00 min")]
    [TestCase(3725, "1 h 02 min")]
    public void Durations_are_readable(double seconds, string text) =>
        Slipway.Host.Durations.Show(seconds).ShouldBe(text);
}
