using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Versions;

namespace Slipway.Rollouts;

/// <summary>How the rollout of all regions ended.</summary>
/// <param name="NotBegun">Regions whose wave was not begun.</param>
/// <param name="Failure">What the last wave has thrown; null when it came to an end of its own.</param>
public sealed record RolloutWavesEnd(RolloutResult Result, ImmutableArray<string> NotBegun, Exception? Failure)
{
    /// <summary>Regions that could not be brought back and still have the new version.</summary>
    private ImmutableArray<RolloutWaveResult> Stuck => [.. Result.Waves.Where(wave => wave.NotBroughtBack is not null)];

    public ExitCode ExitCode =>
        !Stuck.IsEmpty
            ? ExitCode.Held
            : (Failure as PipelineException)?.ExitCode
                ?? (Result.Result == RolloutOutcome.Held ? ExitCode.Held : ExitCode.RolledBack);

    /// <summary>Every region in a line: what happened there, and what serves.</summary>
    public ImmutableArray<string> Lines =>
        [.. Result.Waves.Select(Line), .. NotBegun.Select(region => $"{region}: not begun")];

    /// <summary>Why the release does not serve: what happened in every region, and what to type.</summary>
    /// <param name="folder">Where the files of the rollout are.</param>
    /// <remarks>A failure of the program itself is none of a release's: it is thrown as it came.</remarks>
    public PipelineException ToFailure(Release release, string folder)
    {
        ArgumentNullException.ThrowIfNull(release);
        if (Failure is not (null or PipelineException))
            ExceptionDispatchInfo.Throw(Failure);
        var failure = (PipelineException?)Failure;
        return new(
            ExitCode,
            string.Join('\n', [$"{release.Version} does not serve: {Result.Reason}", .. Lines]),
            failure?.Expected,
            Mend(release.Environment)
                ?? failure?.Next
                ?? (
                    Result.Result == RolloutOutcome.Held
                        ? $"./build.sh --target=Deploy --resume --deployment-id={release.DeploymentId}"
                        : $"look at {folder}, mend the release, and deploy its next version"
                ),
            Failure
        );
    }

    /// <summary>What to type for what could not be brought back; null when all was.</summary>
    private string? Mend(string environment) =>
        Stuck.IsEmpty
            ? null
            : string.Join(
                "; ",
                Stuck.Select(wave =>
                    $"./build.sh --target=Rollback --environment={environment} --region={wave.Region} (--cold when nothing is warm)"
                )
            );

    /// <param name="earlier">What earlier attempts of the same deployment have written down.</param>
    public RolloutWavesEnd After(ImmutableArray<RolloutWaveResult> earlier)
    {
        if (earlier.IsEmpty || Result.Waves.IsEmpty)
            return this;
        ImmutableArray<RolloutWaveResult> waves = [.. Result.Waves.Select(wave => wave.After(earlier))];
        return this with
        {
            Result = Result with { Waves = waves, Stages = [.. waves.SelectMany(wave => wave.Stages)] },
        };
    }

    internal static RolloutWavesEnd Of(
        ImmutableArray<RolloutWave> waves,
        ImmutableArray<RolloutWaveResult> ended,
        Exception? failure
    )
    {
        var last = ended[^1];
        var serving = ended.Select(wave => wave.Serving).Distinct().ToArray();
        var warm = ended.Select(wave => wave.Warm).Distinct().ToArray();
        var isPromoted = ended.Length == waves.Length && ended.All(wave => wave.Result == RolloutOutcome.Promoted);
        return new(
            new RolloutResult
            {
                DeploymentId = waves[0].Plan.Candidate.DeploymentId,
                Result = isPromoted ? RolloutOutcome.Promoted : last.Result,
                Serving = serving is [var same] ? same : null,
                Warm = warm is [var before] ? before : null,
                WarmUntil = ended.Min(wave => wave.WarmUntil),
                Stages = [.. ended.SelectMany(wave => wave.Stages)],
                SecondsToZero = ended.Max(wave => wave.SecondsToZero),
                Reason = isPromoted ? null : $"{last.Region}: {last.Reason}",
                Waves = ended,
            },
            [.. waves.Skip(ended.Length).Select(wave => wave.Region!)],
            failure
        );
    }

    private string Line(RolloutWaveResult wave) =>
        wave switch
        {
            { NotBroughtBack: { } stuck } => $"{wave.Region}: NOT brought back, {Name(wave.Serving)} serves: {stuck}",
            { Result: RolloutOutcome.Promoted } => $"{wave.Region}: {Name(wave.Serving)} serves"
                + (Result.Result == RolloutOutcome.RolledBack ? $" ({wave.Reason})" : ""),
            { Result: RolloutOutcome.Held } =>
                $"{wave.Region}: stands still, {Name(wave.Serving)} serves: {wave.Reason}",
            // Why stands in the rollout's reason already.
            _ when wave == Result.Waves[^1] => $"{wave.Region}: taken back, {Name(wave.Serving)} serves",
            _ => FormattableString.Invariant(
                $"{wave.Region}: brought back to {Name(wave.Serving)} in {wave.SecondsToZero:0.00} s"
            ),
        };

    private static string Name(ProjectVersion? version) => version?.FullVersion ?? "nobody knows what";
}
