using Slipway.Outcomes;

namespace Slipway.Checks;

/// <summary>What all pre-deployment checks together mean.</summary>
public static class ChecksVerdict
{
    /// <summary>Frozen and locked are said only when nothing else blocks: then waiting is all it takes.</summary>
    public static ExitCode ExitCodeOf(IEnumerable<CheckResult> checks)
    {
        var blocking = checks
            .Where(check => check.Blocks)
            .Select(check => check.Name)
            .ToHashSet(StringComparer.Ordinal);
        if (blocking.Count == 0)
            return ExitCode.Done;
        if (blocking.Any(name => name is not (CheckNames.Freeze or CheckNames.Lock)))
            return ExitCode.Failed;
        return blocking.Contains(CheckNames.Lock) ? ExitCode.Locked : ExitCode.Frozen;
    }

    /// <exception cref="PipelineException">A check blocks: names each, with its page.</exception>
    public static void Demand(IReadOnlyCollection<CheckResult> checks)
    {
        var exitCode = ExitCodeOf(checks);
        if (exitCode == ExitCode.Done)
            return;
        var blocking = checks.Where(check => check.Blocks).ToList();
        throw new PipelineException(
            exitCode,
            $"{blocking.Count} of {checks.Count} pre-deployment checks block this deployment:\n"
                + string.Join('\n', blocking.Select(Line)),
            "every check passed",
            exitCode switch
            {
                ExitCode.Frozen => "wait for the end of the window, or --force --reason=\"why\"",
                ExitCode.Locked => "./build.sh --target=Status",
                _ => "correct what is red, then the same command with --resume",
            }
        );
    }

    private static string Line(CheckResult check) =>
        $"  {check.Name}: {check.Status.ToString().ToLowerInvariant()}: {check.Detail}{(check.Url is null ? "" : $" ({check.Url})")}";
}
