using System.Collections.Immutable;
using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Validation;

namespace Slipway.Tools;

/// <summary>Runs Maestro flows in a browser or on a device, and reads what came of each.</summary>
/// <param name="program">The <c>maestro-runner</c> program, absolute.</param>
public sealed class Maestro(ICommandRunner runner, string program)
{
    /// <summary>One result per flow file; a folder without flows is a failure.</summary>
    public async Task<ImmutableArray<CheckResult>> LintAsync(string flows, CancellationToken cancellation = default)
    {
        RequireFlows(flows);
        var result = await runner.RunAsync(MaestroCommands.Lint(program, flows), cancellation: cancellation);
        var folder = Path.GetFullPath(flows);
        return
        [
            .. MaestroJson
                .ReadLint(result.Output)
                .Results.Select(file => new CheckResult(
                    Path.GetRelativePath(folder, Path.GetFullPath(file.File ?? "?", folder)),
                    file.Ok ? CheckStatus.Passed : CheckStatus.Failed,
                    file.Ok ? "parses" : file.Error ?? "does not parse"
                )),
        ];
    }

    /// <summary>
    /// Runs every flow of the folder. A flow that fails, does not end in time, or has no result is a result; the run
    /// itself fails only when the program is not there or writes something unreadable.
    /// </summary>
    public async Task<FlowReport> RunAsync(
        FlowRun run,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        RequireFlows(run.Flows);
        var output = Path.GetFullPath(run.Output);
        // A report of an earlier run must never be taken for this one's.
        if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
        Directory.CreateDirectory(output);

        // The runner puts screenshots beside the flow that takes them, and the browser keeps a profile: both happen in a
        // folder that goes away, so that a run leaves the working tree clean. Not in the output: a browser's socket has a
        // path of at most a hundred characters.
        var scratch = Directory.CreateTempSubdirectory("slipway-flows-");
        try
        {
            var copy = run with { Workspace = Path.Combine(scratch.FullName, "workspace") };
            Copy(run.Workspace, copy.Workspace);
            return await RunCopyAsync(copy, scratch.FullName, onLine, cancellation);
        }
        finally
        {
            Remove(scratch);
        }
    }

    private async Task<FlowReport> RunCopyAsync(
        FlowRun run,
        string scratch,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        var output = Path.GetFullPath(run.Output);
        var lines = new List<string>();
        var (exitCode, fault) = await ExecuteAsync(run, scratch, lines, onLine, cancellation);
        await File.WriteAllLinesAsync(Path.Combine(output, "output.log"), lines, cancellation);
        var reportFile = Path.Combine(output, "report.json");
        var report = File.Exists(reportFile)
            ? MaestroJson.ReadReport(await File.ReadAllTextAsync(reportFile, cancellation))
            : new([]);
        return FlowReportReader.Read(run, RequireFlows(run.Flows), report, exitCode, fault);
    }

    private async Task<(int ExitCode, string? Fault)> ExecuteAsync(
        FlowRun run,
        string scratch,
        List<string> lines,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        var gate = new Lock();
        try
        {
            var result = await runner.RunAsync(
                MaestroCommands.Run(program, run).With("TMPDIR", scratch),
                line =>
                {
                    lock (gate)
                        lines.Add(line.Text);
                    onLine?.Invoke(line);
                },
                cancellation
            );
            return (result.ExitCode, null);
        }
        catch (CommandFailedException error) when (lines.Count > 0)
        {
            // It ran, and did not end as it should: what each flow got to stands in the report so far.
            return (error.Result.ExitCode == 0 ? 1 : error.Result.ExitCode, error.Message);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    // A browser that is just ending may still write there; what is left over is no reason to fail.
    private static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    private static ImmutableArray<string> RequireFlows(string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".yml" or ".yaml")
                .Order(StringComparer.Ordinal)
                .ToImmutableArray()
            : [];
        return files.IsEmpty
            ? throw new PipelineException(
                $"{folder}: there is no Maestro flow",
                expected: "a folder with at least one .yml file",
                next: "set the sub-project's \"flows\" in slipway.json, or add a flow"
            )
            : files;
    }
}
