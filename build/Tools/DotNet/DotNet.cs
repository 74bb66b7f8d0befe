using System.Xml.Linq;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Runs the <c>dotnet</c> program: the repository's own tests and formatting.</summary>
public sealed class DotNet(ICommandRunner runner, string repository)
{
    /// <summary>
    /// Runs a solution's tests. A run that ends badly without a failed test (a test host that died) counts as one failure,
    /// so that it can never look green.
    /// </summary>
    public async Task<TestSummary> TestAsync(
        string solution,
        string resultsFolder,
        string? filter,
        Action<OutputLine> onLine,
        CancellationToken cancellation
    )
    {
        if (Directory.Exists(resultsFolder))
            Directory.Delete(resultsFolder, recursive: true);
        Directory.CreateDirectory(resultsFolder);
        var result = await runner.RunAsync(
            DotNetCommands.Test(solution, resultsFolder, filter).In(repository) with
            {
                SuccessExitCodes = [0, 1],
            },
            onLine,
            cancellation
        );
        var summary = Directory
            .EnumerateFiles(resultsFolder, "*.trx")
            .Select(file => TestSummary.Parse(XDocument.Load(file)))
            .Aggregate(TestSummary.Empty, (sum, next) => sum.Add(next));
        if (result.ExitCode != 0 && summary.Failed == 0)
            summary = summary.Add(
                new TestSummary(
                    0,
                    1,
                    0,
                    [new FailedTest("dotnet test", $"exit code {result.ExitCode} without a failed test")]
                )
            );
        return summary;
    }

    /// <exception cref="PipelineException">A file is not formatted; the message names the command that formats it.</exception>
    public async Task CheckFormatAsync(CancellationToken cancellation)
    {
        await runner.RunAsync(DotNetCommands.RestoreTools().In(repository), cancellation: cancellation);
        var result = await runner.RunAsync(
            DotNetCommands.CheckFormat(".").In(repository) with
            {
                SuccessExitCodes = [0, 1],
            },
            cancellation: cancellation
        );
        if (result.ExitCode != 0)
            throw new PipelineException(
                $"files are not formatted:\n{string.Join('\n', (result.Output + result.Error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal)).Take(20))}",
                next: "dotnet csharpier format ."
            );
    }
}
