using System.Collections.Immutable;
using Slipway.Validation;

namespace Slipway.Tools;

/// <summary>From what the runner left in its output folder to one result per flow file.</summary>
internal static class FlowReportReader
{
    /// <param name="fault">Why the runner did not end as it should; null when it did.</param>
    public static FlowReport Read(
        FlowRun run,
        ImmutableArray<string> files,
        MaestroJson.Report report,
        int exitCode,
        string? fault
    )
    {
        var output = Path.GetFullPath(run.Output);
        var byFile = (report.Flows.IsDefault ? [] : report.Flows).ToLookup(flow =>
            Path.GetFullPath(flow.SourceFile ?? "", output)
        );
        return new(
            [
                .. files.Select(file =>
                    Result(run, file, byFile[Path.GetFullPath(file)].LastOrDefault(), exitCode, fault)
                ),
            ],
            Existing(run, "junit-report.xml").FirstOrDefault(),
            [.. Existing(run, "output.log", "maestro-runner.log", "report.html", "report.json")]
        );
    }

    private static FlowResult Result(FlowRun run, string file, MaestroJson.Flow? flow, int exitCode, string? fault)
    {
        var name = Path.GetRelativePath(Path.GetFullPath(run.Flows), Path.GetFullPath(file));
        if (flow is null)
            return new(name, Failing(exitCode), 0, fault ?? "the runner wrote no result for this flow", []);
        var passed = flow.Status == "passed";
        var steps = flow.Commands;
        return new(
            name,
            passed ? 0 : Failing(exitCode),
            flow.Duration,
            passed ? $"{steps?.Passed} steps passed"
                : flow.Error is { Length: > 0 } error ? error
                : fault ?? $"ended as '{flow.Status}' with {steps?.Passed} of {steps?.Total} steps passed",
            Artifacts(run, flow)
        );
    }

    private static int Failing(int exitCode) => exitCode == 0 ? 1 : exitCode;

    private static ImmutableArray<string> Artifacts(FlowRun run, MaestroJson.Flow flow)
    {
        var assets = Inside(run, flow.AssetsDir);
        return
        [
            .. assets is not null && Directory.Exists(assets)
                ? Directory
                    .EnumerateFiles(assets, "*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .Select(file => Relative(run, file))
                : [],
            .. flow.DataFile is null ? [] : Existing(run, flow.DataFile),
        ];
    }

    private static IEnumerable<string> Existing(FlowRun run, params IEnumerable<string> names) =>
        names
            .Select(name => Inside(run, name))
            .Where(file => file is not null && File.Exists(file))
            .Select(file => Relative(run, file!));

    // A report names files of its own folder; what leads out of it is not an artefact of this run.
    private static string? Inside(FlowRun run, string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;
        var output = Path.GetFullPath(run.Output) + Path.DirectorySeparatorChar;
        var full = Path.GetFullPath(name, output);
        return full.StartsWith(output, StringComparison.Ordinal) ? full : null;
    }

    private static string Relative(FlowRun run, string file) =>
        Path.GetRelativePath(Path.GetFullPath(run.ArtifactRoot), file).Replace('\\', '/');
}
