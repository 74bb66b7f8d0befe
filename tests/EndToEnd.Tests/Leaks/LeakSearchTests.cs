using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <summary>A search that finds nothing proves nothing until it has been seen to find.</summary>
[Order(0)]
public sealed class LeakSearchTests
{
    private static readonly Canary Planted = Canary.New("planted");
    private static readonly Canary Key = Canary.Lines("key");
    private static readonly LeakSearch Search = new([Planted, Key]);

    private static IEnumerable<TestCaseData> Forms()
    {
        var value = Planted.Value;
        yield return new TestCaseData(value).SetName("Plain");
        yield return new TestCaseData(Uri.EscapeDataString(value)).SetName("UrlEncoded");
        yield return new TestCaseData(WebUtility.UrlEncode(value)).SetName("FormEncoded");
        yield return new TestCaseData(JsonSerializer.Serialize(value)).SetName("JsonEscaped");
        yield return new TestCaseData(WebUtility.HtmlEncode(value)).SetName("HtmlEscaped");
        foreach (var before in new[] { "", "a", "ab", "abc" })
        foreach (var after in new[] { "", "y", "yz" })
            yield return new TestCaseData(
                Convert.ToBase64String(Encoding.UTF8.GetBytes(before + value + after))
            ).SetName($"Base64With{before.Length}BytesBeforeAnd{after.Length}After");
        yield return new TestCaseData(value[..(value.Length / 2)]).SetName("CutInTheMiddle");
        yield return new TestCaseData(Key.Value.Split('\n')[1]).SetName("OneLineOfAKey");
        yield return new TestCaseData(JsonSerializer.Serialize(Key.Value)).SetName("AKeyInJson");
    }

    [TestCaseSource(nameof(Forms))]
    public void FindsTheSecret(string form) => Search.InText("here", $"before {form} after").ShouldNotBeEmpty();

    [TestCase("")]
    [TestCase("***")]
    [TestCase("an everyday line with / + & = ? % \" ' < > and a sha 0123456789abcdef0123456789abcdef")]
    public void FindsNothingInOrdinaryText(string text) => Search.InText("here", text).ShouldBeEmpty();

    [Test]
    public void LooksIntoCompressedFilesAndFileNames()
    {
        var folder = Directory.CreateTempSubdirectory("slipway-leaks-").FullName;
        try
        {
            using (
                var gzip = new GZipStream(File.Create(Path.Combine(folder, "dump.sql.gz")), CompressionMode.Compress)
            )
                gzip.Write(Encoding.UTF8.GetBytes(Planted.Value));
            using (var zip = ZipFile.Open(Path.Combine(folder, "app.apk"), ZipArchiveMode.Create))
            using (var entry = new StreamWriter(zip.CreateEntry("assets/config").Open()))
                entry.Write(Key.Value);
            File.WriteAllText(Path.Combine(folder, Uri.EscapeDataString(Planted.Value)), "its name says it");

            Search
                .InFiles(folder)
                .Select(leak => leak.Where.Split(' ', '!')[0])
                .Distinct()
                .ShouldBe(["dump.sql.gz", "app.apk", "the"], ignoreOrder: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task TheProcessListIsSampledWhileSomethingRuns()
    {
        var shown = Canary.Token("argument");
        using var list = ProcessList.Watch();
        // It lives until its input is closed, so that no busy machine can miss it.
        var start = new ProcessStartInfo("sh", ["-c", "read line; true", shown.Value])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var search = new LeakSearch([shown]);
        for (var look = 0; look < 600 && !search.InText("processes", list.Seen()).Any(); look++)
            await Task.Delay(50);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        search.InText("processes", list.Seen()).ShouldNotBeEmpty();
    }
}
