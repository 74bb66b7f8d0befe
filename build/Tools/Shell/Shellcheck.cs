using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <param name="File">Relative to the repository.</param>
/// <param name="Level"><c>error</c>, <c>warning</c>, <c>info</c> or <c>style</c>.</param>
/// <param name="Code">e.g. <c>SC2086</c>.</param>
public sealed record ShellFinding(string File, int Line, int Column, string Level, string Code, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Level}: {Message} ({Code})";
}

/// <summary>Checks shell scripts.</summary>
/// <param name="program">Path or name of shellcheck.</param>
public sealed class Shellcheck(ICommandRunner runner, string program = "shellcheck")
{
    /// <param name="folder">The repository.</param>
    /// <param name="files">Relative to it.</param>
    /// <returns>By file and line; empty when all is well, or there is nothing to check.</returns>
    /// <exception cref="CommandFailedException">A script could not be read at all.</exception>
    public async Task<ImmutableArray<ShellFinding>> CheckAsync(
        string folder,
        IReadOnlyCollection<string> files,
        CancellationToken cancellation
    )
    {
        if (files.Count == 0)
            return [];
        var result = await runner.RunAsync(
            ShellcheckCommands.Check(program, folder, files),
            cancellation: cancellation
        );
        return
        [
            .. Parse(result.Output)
                .OrderBy(finding => finding.File, StringComparer.Ordinal)
                .ThenBy(finding => finding.Line)
                .ThenBy(finding => finding.Column),
        ];
    }

    internal static ImmutableArray<ShellFinding> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
            [
                .. document
                    .RootElement.GetProperty("comments")
                    .EnumerateArray()
                    .Select(comment => new ShellFinding(
                        comment.GetProperty("file").GetString()!,
                        comment.GetProperty("line").GetInt32(),
                        comment.GetProperty("column").GetInt32(),
                        comment.GetProperty("level").GetString()!,
                        $"SC{comment.GetProperty("code").GetInt32():0000}",
                        comment.GetProperty("message").GetString()!
                    )),
            ];
        }
        catch (Exception unexpected)
            when (unexpected is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PipelineException(
                "shellcheck answered in a shape that is not known here",
                "shellcheck 0.7 or later",
                "./build.sh --target=Doctor",
                unexpected
            );
        }
    }
}
