using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <param name="Applied">Whether the database knows it as applied.</param>
public sealed record DbmateEntry(string File, bool Applied);

/// <summary>Runs dbmate and reads what it prints. Success is the exit code's to say: it prints "Applied" for a failed file, too.</summary>
public sealed class Dbmate(ICommandRunner runner, string program, string folder, string workingDirectory)
{
    private static readonly Regex Entry = new(
        @"^\[(?<mark>[X ])\] (?<file>.+)$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );

    private static readonly Regex Applied = new(
        @"^Applied: (?<file>.+) in (?<time>[0-9.a-zµ]+)$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );

    private static readonly Regex DurationPart = new(
        @"(?<number>[0-9]+(\.[0-9]+)?)(?<unit>ns|µs|ms|h|m|s)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );

    public async Task<ImmutableArray<DbmateEntry>> StatusAsync(Secret url, CancellationToken cancellation)
    {
        var result = await runner.RunAsync(
            DbmateCommands.Status(program, folder, workingDirectory, url),
            cancellation: cancellation
        );
        return ParseStatus(result.Output);
    }

    /// <param name="onApplied">Each file as dbmate reports it, with its seconds. The last one may have failed.</param>
    public Task<CommandResult> MigrateAsync(
        Secret url,
        bool strict,
        Action<string, double> onApplied,
        CancellationToken cancellation
    ) =>
        runner.RunAsync(
            DbmateCommands.Migrate(program, folder, workingDirectory, url, strict),
            line =>
            {
                if (Applied.Match(line.Text) is { Success: true } match)
                    onApplied(match.Groups["file"].Value, ParseDuration(match.Groups["time"].Value));
            },
            cancellation
        );

    public static ImmutableArray<DbmateEntry> ParseStatus(string output) =>
        [
            .. output
                .Split('\n')
                .Select(line => Entry.Match(line.TrimEnd('\r')))
                .Where(match => match.Success)
                .Select(match => new DbmateEntry(match.Groups["file"].Value, match.Groups["mark"].Value == "X")),
        ];

    /// <summary>Go's way to print a duration (<c>1m2.5s</c>, <c>851.792µs</c>) in seconds.</summary>
    public static double ParseDuration(string text) =>
        DurationPart
            .Matches(text)
            .Sum(part =>
                double.Parse(part.Groups["number"].Value, CultureInfo.InvariantCulture)
                * part.Groups["unit"].Value switch
                {
                    "ns" => 1e-9,
                    "µs" => 1e-6,
                    "ms" => 1e-3,
                    "m" => 60,
                    "h" => 3600,
                    _ => 1,
                }
            );
}
