using Slipway.Deployment.Tests.Environments;

namespace Slipway.Deployment.Tests;

/// <summary>
/// Holds a text against the approved one beside the test, so that a change of wording shows in review. With
/// <c>SLIPWAY_APPROVE=1</c> the text becomes the approved one.
/// </summary>
internal static class Approved
{
    /// <param name="file">Below tests/Deployment.Tests, e.g. <c>Reports/success.approved.md</c>.</param>
    public static void ShouldBe(string file, string actual)
    {
        var path = Path.Combine(SampleTree.Root, "tests", "Deployment.Tests", file);
        if (Environment.GetEnvironmentVariable("SLIPWAY_APPROVE") == "1")
            File.WriteAllText(path, actual);
        File.Exists(path).ShouldBeTrue($"{file} does not exist; SLIPWAY_APPROVE=1 makes it");
        var approved = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (approved == actual)
            return;
        var (line, expected, found) = FirstDifference(approved.Split('\n'), actual.Split('\n'));
        Assert.Fail(
            $"{file}, line {line}\napproved: {expected}\nfound:    {found}\nSLIPWAY_APPROVE=1 takes what was found."
        );
    }

    private static (int Line, string Expected, string Found) FirstDifference(string[] approved, string[] actual)
    {
        var line = 0;
        while (line < approved.Length && line < actual.Length && approved[line] == actual[line])
            line++;
        return (line + 1, At(approved, line), At(actual, line));
    }

    private static string At(string[] lines, int line) => line < lines.Length ? lines[line] : "(end)";
}
