using System.Collections.Immutable;
using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>What a command line asks of the host.</summary>
internal sealed record RunRequest(CommandLine CommandLine, Verbosity Verbosity)
{
    public const int UsageExitCode = 2;

    public ImmutableArray<string> Targets { get; init; } = [];

    public bool Exclusive => CommandLine.Has("exclusive");

    public ImmutableArray<string> Skip => CommandLine.List("skip");

    public bool Json => CommandLine.Has("json");

    public int Parallel => CommandLine.Value("parallel") is { } count ? int.Parse(count) : Environment.ProcessorCount;

    public RunPolicy Policy =>
        CommandLine.Has("keep-going") ? RunPolicy.KeepGoing
        : CommandLine.Has("fail-fast") ? RunPolicy.FailFast
        : RunPolicy.Finish;

    /// <summary>Reads the command line, and holds its targets and tasks against those there are. All problems at once.</summary>
    public static (RunRequest Request, ImmutableArray<string> Problems) Read(
        CommandLine line,
        TaskCatalog catalog,
        Verbosity verbosity
    )
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        problems.AddRange(line.Problems);
        foreach (var (what, names) in new[] { ("target", line.List("target")), ("task in --skip", line.List("skip")) })
        {
            problems.AddRange(
                names.Where(name => catalog.Find(name) is null).Distinct().Select(name => Unknown(what, name, catalog))
            );
        }

        problems.AddRange(
            line.List("skip")
                .Where(name => line.List("target").Contains(name, StringComparer.OrdinalIgnoreCase))
                .Select(name => $"{name} is the target: it cannot be skipped, too")
        );
        if (line.Has("keep-going") && line.Has("fail-fast"))
        {
            problems.Add("--keep-going and --fail-fast exclude each other");
        }

        var level = line.Value("verbosity") is { } text ? Verbosities.Parse(text) : null;
        var targets = line.List("target");
        var request = new RunRequest(line, level ?? verbosity)
        {
            Targets =
                targets.IsEmpty && catalog.Find("Default") is { } standard ? [standard.Name]
                : targets.IsEmpty ? []
                : [.. targets.Distinct(StringComparer.OrdinalIgnoreCase)],
        };
        return (request, problems.ToImmutable());
    }

    private static string Unknown(string what, string name, TaskCatalog catalog)
    {
        var nearest = NearestName.Of(name, catalog.Tasks.Select(task => task.Name));
        return $"unknown {what} {Printable.Quoted(name)}" + (nearest is null ? "" : $"; did you mean {nearest}?");
    }
}
