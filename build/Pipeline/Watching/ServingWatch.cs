using System.Collections.Immutable;
using Cake.Core.Diagnostics;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Rollbacks;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <summary>
/// Watches a promoted version through its rollback window, in every region at once; a bad verdict in one takes all of
/// them back, because they got one release. It holds no claim while it only looks, so that the next deployment can begin.
/// </summary>
public sealed class ServingWatch(DeploymentContext context, WatchedRun watched)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly LiveText _live = new(context);

    private ProjectVersion Version => watched.Release.Version;

    /// <exception cref="PipelineException">The version was bad, and was taken back (exit 10).</exception>
    public async Task RunAsync()
    {
        if (watched.Rollout is not { Warm: { } warm, WarmUntil: { } until })
        {
            context.Say($"no version served before {Version}: there is nothing to go back to, so nothing is watched");
            return;
        }
        if (until <= context.Time.GetUtcNow())
        {
            context.Say($"the rollback window of {Version} ended at {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
            return;
        }
        var sides = await context.Site.LookAsync(watched.Release.Region, context.Cancellation);
        context.Say($"watches {Version} until {until.UtcDateTime:HH:mm:ss} UTC; {warm} is warm");
        var (side, result) = await LookAsync(sides, warm, until);
        switch (result.End)
        {
            case WindowEnd.Bad:
                throw await GoBackAsync(sides, warm, side.Say(result.Explanation));
            case WindowEnd.Superseded:
                context.Say($"superseded: {side.Say(result.Explanation)}; {Version} is not watched any more");
                break;
            case WindowEnd.Unjudged:
                throw new PipelineException(
                    ExitCode.Held,
                    $"the rollback window of {Version} is over, and nobody knows how it did at its end: {side.Say(result.Explanation)}",
                    "metrics until the end of the window",
                    $"look at it; ./build.sh --target=Rollback --environment={context.Destination.Name} --force --reason=\"…\" goes back all the same"
                );
            default:
                context.Say($"the rollback window of {Version} is over, and nothing spoke against it");
                break;
        }
    }

    /// <summary>The first region that ends otherwise than well ends the watch of all; else the last one does.</summary>
    private async Task<(Serving Side, WindowResult Result)> LookAsync(
        ImmutableArray<Serving> sides,
        ProjectVersion warm,
        DateTimeOffset until
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        var watches = sides.Select(side => LookAsync(side, warm, until, ended.Token)).ToList();
        (Serving Side, WindowResult Result)? last = null;
        while (watches.Count > 0)
        {
            var first = await Task.WhenAny(watches);
            watches.Remove(first);
            if (!first.IsCompletedSuccessfully || first.Result.Result.End is not (WindowEnd.Over or WindowEnd.Unjudged))
            {
                await ended.CancelAsync();
                await ((Task)Task.WhenAll(watches)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return await first;
            }
            if (last is not { Result.End: WindowEnd.Unjudged })
                last = first.Result;
        }
        return last!.Value;
    }

    private async Task<(Serving Side, WindowResult Result)> LookAsync(
        Serving side,
        ProjectVersion warm,
        DateTimeOffset until,
        CancellationToken cancellation
    )
    {
        var ticks = await watched.TicksAsync(side.Region, cancellation);
        if (Replay.Resume(ticks) is not { } judge)
            return (
                side,
                new(WindowEnd.Unjudged, "its rollout has left no tick log: there is nothing to compare with")
            );
        await using var recorder = new WatchRecorder(
            watched.Folder,
            side.Region,
            state => _live.Show(state, side.Region)
        );
        await using var traffic = await RolloutTraffic.StartAsync(
            context,
            side,
            context.Say,
            until - context.Time.GetUtcNow()
        );
        var plan = new WindowPlan(Plan(judge.Plan), warm, until, ticks);
        var result = await new WindowWatch(plan, Ports(side, recorder)).RunAsync(cancellation);
        return (side, result);
    }

    /// <summary>As it was rolled out: the stages are those of then, whatever the configuration says by now.</summary>
    private RolloutPlan Plan(CanaryPlan then) =>
        new()
        {
            Candidate = new(Version, watched.Release.DeploymentId, [], ImmutableSortedDictionary<string, string>.Empty),
            Settings = context.Destination.Rollout with
            {
                Stages =
                [
                    .. then.Stages.Select(stage => new RolloutStage(
                        stage.Name,
                        stage.Weight,
                        TimeSpan.FromSeconds(stage.Seconds)
                    )),
                ],
            },
            Health = context.Destination.Health,
        };

    private RolloutPorts Ports(Serving side, WatchRecorder recorder) =>
        new(
            context.Time,
            side.Router,
            side.Workload,
            side.Metrics,
            side.Probe,
            side.Calls,
            new RolloutRequests(watched.Folder),
            new StageApproval(context),
            FreezeCalendar.None,
            recorder
        );

    /// <summary>Users first: the switch in every region, then what is to be written down.</summary>
    private async Task<PipelineException> GoBackAsync(ImmutableArray<Serving> sides, ProjectVersion warm, string why)
    {
        context.Say($"{Version} is bad: {why}");
        using var claim = await ClaimAsync(warm);
        if (await WhoElseServesAsync(sides, warm) is { } other)
            return new(
                ExitCode.Held,
                $"{Version} was bad ({why}), and {other} serves by now: it was left alone",
                next: $"./build.sh --target=Status --environment={context.Destination.Name}"
            );
        var seconds = 0.0;
        var stuck = new List<string>();
        foreach (var side in sides)
            try
            {
                var back = await new HotRollback(context.Time, side.Router, side.Workload, side.Probe).RunAsync(
                    warm,
                    CancellationToken.None
                );
                seconds = Math.Max(seconds, back.SecondsToSwitch);
                context.Say(side.Say($"{back.Serving} has all traffic, switched in {back.SecondsToSwitch:0.00} s"));
            }
            catch (PipelineException cold)
            {
                stuck.Add(side.Say(cold.Message));
            }
        if (stuck.Count > 0)
            return new(
                ExitCode.Held,
                $"{Version} is bad ({why}) and was not taken back everywhere: {string.Join("; ", stuck)}",
                $"{warm} running and healthy",
                $"./build.sh --target=Rollback --environment={context.Destination.Name} --cold --yes --reason=\"…\""
            );
        return await RecordAsync(warm, why, seconds);
    }

    private async Task<PipelineException> RecordAsync(ProjectVersion warm, string why, double seconds)
    {
        try
        {
            var decided = await new RollbackChoice(context).DecideAsync(
                watched.Release.Region,
                warm,
                $"the watch after the deployment: {why}",
                CancellationToken.None
            );
            await new RollbackRun(context, decided) { SecondsToSwitch = seconds }.RunAsync(CancellationToken.None);
            return new(
                ExitCode.RolledBack,
                $"{Version} was taken back: {why}; {warm} serves",
                next: $"read {context.Runs.Current.PathOf(IncidentReport.FileName)}, mend the release, and deploy its next version"
            );
        }
        catch (PipelineException unwritten)
        {
            return new(
                ExitCode.RolledBack,
                $"{Version} was taken back: {why}; {warm} serves, but that is not written down: {unwritten.Message}",
                unwritten.Expected,
                $"./build.sh --target=Rollback --environment={context.Destination.Name} --version={warm} --yes --reason=\"…\" writes it down",
                unwritten
            );
        }
    }

    /// <summary>While the claim was waited for, another deployment may have been promoted.</summary>
    private async Task<ProjectVersion?> WhoElseServesAsync(ImmutableArray<Serving> sides, ProjectVersion warm)
    {
        foreach (var side in sides)
        {
            var stable = await side.Workload.ReadAsync(Arm.Stable, CancellationToken.None);
            if (stable.DeploymentId != watched.Release.DeploymentId && stable.Version != warm)
                return stable.Version;
        }
        return null;
    }

    /// <summary>A deployment that is under way is waited for, as long as the version before is still warm.</summary>
    private async Task<IDisposable> ClaimAsync(ProjectVersion warm)
    {
        for (var told = false; ; told = true)
            try
            {
                return context.Site.Claim($"{context.Origin.Actor} (Watch)");
            }
            catch (PipelineException locked) when (locked.ExitCode == ExitCode.Locked)
            {
                if (!told)
                    context.Log.Error(
                        "{0}; {1} goes back to {2} as soon as it is free",
                        locked.Explain(),
                        Version,
                        warm
                    );
                await Task.Delay(Again, context.Time, context.Cancellation);
            }
    }
}
