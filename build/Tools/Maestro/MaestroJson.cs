using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>What <c>maestro-runner</c> writes: <c>report.json</c> and the answer of <c>lint --json</c>. What is not needed is not read.</summary>
internal static class MaestroJson
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web) { MaxDepth = 32 };

    /// <param name="Duration">Milliseconds.</param>
    public sealed record Flow(
        string? SourceFile,
        string? DataFile,
        string? AssetsDir,
        string? Status,
        long Duration,
        Steps? Commands,
        string? Error
    );

    public sealed record Steps(int Total, int Passed, int Failed, int Skipped);

    public sealed record Report(ImmutableArray<Flow> Flows);

    public sealed record LintedFile(string? File, bool Ok, string? Error);

    public sealed record Lint(ImmutableArray<LintedFile> Results);

    public static Report ReadReport(string text) => Read<Report>(text, "report.json");

    public static Lint ReadLint(string text) => Read<Lint>(text, "the answer of lint --json");

    private static T Read<T>(string text, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, _options) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new PipelineException(
                $"maestro-runner: {name} is not what this version of the pipeline reads: {error.Message}",
                expected: "the version of maestro-runner in build/npm/package.json",
                next: "./build.sh --target=Doctor"
            );
        }
    }
}
