using System.Collections.Immutable;
using System.Globalization;
using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Releases;
using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>
/// Abort from another terminal: the router is what counts, so it is asked and set whoever else lives. The rollout's own
/// process, where there is one, is told, and ends by itself.
/// </summary>
public sealed class Aborting(DeploymentContext context)
{
    private static readonly TimeSpan RouterLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

    private bool _switched;

    /// <summary>
    /// What the candidate has, region by region, before anybody is told: its own process may be quicker than we are.
    /// </summary>
    /// <returns>Percent; a region whose router does not answer is not in it.</returns>
    public async Task<ImmutableDictionary<string, double>> SharesAsync()
    {
        var shares = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var side in await context.Site.LookAsync(context.Request.Region, context.Cancellation))
        {
            try
            {
                shares[side.Region ?? ""] = (await side.Router.ReadAsync(context.Cancellation)).CandidateShare;
            }
            catch (PipelineException)
            {
                // Taking it back says so.
            }
        }
        return shares.ToImmutable();
    }

    /// <returns>The request's id, or null when there is nobody to tell, or no disk to tell it by.</returns>
    public async Task<string?> TellAsync(LiveRollout? live)
    {
        try
        {
            return live is null ? null : await live.SendAsync(ControlKind.Abort, context.Cancellation);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            context.Say($"the rollout cannot be told ({full.Message}); the router is enough");
            return null;
        }
    }

    /// <param name="before">What <see cref="SharesAsync"/> said.</param>
    /// <returns>What the router does now.</returns>
    /// <exception cref="PipelineException">The router does not answer, or still gives the candidate something.</exception>
    public async Task<string> TakeBackAsync(ImmutableDictionary<string, double> before)
    {
        // The newest wave first: earlier ones that are promoted have nothing to take back.
        var sides = await context.Site.LookAsync(context.Request.Region, context.Cancellation);
        return string.Join(
            '\n',
            await EveryRegion.DoAsync(sides.Reverse(), async side => await TakeBackAsync(side, before))
        );
    }

    /// <summary>
    /// A version that was promoted, but whose deployment has not ended: the version before, which is warm, serves again.
    /// Its process is told before and looks after the rest; it gives us the time to do it.
    /// </summary>
    /// <returns>What the router does now; null where nothing was promoted, or it is recorded by now.</returns>
    public async Task<string?> SwitchBackAsync(LiveRollout? live)
    {
        // A rollback makes no checks before it: it is no deployment that could be aborted.
        if (
            (live ?? LiveRollout.Latest(context)) is not { HasEnded: false } deployment
            || !deployment.Folder.Has(ChecksResult.FileName)
        )
            return null;
        var sides = await context.Site.LookAsync(context.Request.Region, context.Cancellation);
        var said = await EveryRegion.DoAsync(sides.Reverse(), side => SwitchBackAsync(side, deployment));
        _switched = !said.IsEmpty;
        return said.IsEmpty ? null : string.Join('\n', said);
    }

    /// <summary>Two may switch at the same time and undo each other's switch: who serves is asked until it holds.</summary>
    private async Task<string?> SwitchBackAsync(Serving serving, LiveRollout deployment)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stable = await serving.Workload.ReadAsync(Arm.Stable, context.Cancellation);
            if (stable.DeploymentId != deployment.DeploymentId)
                return attempt == 1 ? null : $"{stable.Version} serves again";
            // Nothing served before: there is nobody to switch to, and its process says so.
            if (Runs.Peek<Release>(deployment.Folder) is { PreviousVersion: null })
                return null;
            try
            {
                var back = await new HotRollback(
                    context.Time,
                    serving.Router,
                    serving.Workload,
                    serving.Probe
                ).RunAsync(expected: null, CancellationToken.None);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{back.Serving} serves again, switched in {back.SecondsToSwitch:0.00} s"
                );
            }
            catch (PipelineException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), context.Time, CancellationToken.None);
            }
        }
    }

    private async Task<string> TakeBackAsync(Serving serving, ImmutableDictionary<string, double> shares)
    {
        var now = (await serving.Router.ReadAsync(context.Cancellation)).CandidateShare;
        var before = shares.GetValueOrDefault(serving.Region ?? "", now);
        for (var attempt = 1; ; attempt++)
        {
            var taken = await new TrafficRetreat(context.Time, serving.Router, serving.Workload).RunAsync(
                RouterLimit,
                TimeSpan.Zero,
                keepCandidate: true
            );
            // A promotion at this very moment exchanges the arms: what is the candidate is asked again.
            var share = (await serving.Router.ReadAsync(CancellationToken.None)).CandidateShare;
            if (share == 0)
                return await DescribeAsync(serving, before, taken.SecondsToZero);
            if (attempt == 3)
                throw new PipelineException(
                    $"the router still gives the candidate {share.ToString("0.#", CultureInfo.InvariantCulture)} %",
                    next: "./build.sh --target=Abort again"
                );
        }
    }

    /// <summary>What became of the rollout that was told; after a promotion, that a rollback is the way.</summary>
    public async Task<string> ConcludeAsync(LiveRollout? live, string? request)
    {
        if (live is null)
            return _switched
                ? $"its deployment has not ended: ./build.sh --target=Cancelled --environment={context.Destination.Name} writes it down"
                : await AfterwardsAsync() ?? "no rollout is under way";
        if (request is null)
            return _switched
                ? "its process was not told; it ends when it finds that its version does not serve"
                : "its process was not told and may shift traffic again: end it with Ctrl-C in its terminal";
        var outcome = await live.AnswerAsync(ControlKind.Abort, request, AnswerLimit, context.Cancellation);
        if (outcome.Done)
            return $"{live.DeploymentId}: {outcome.Text}";
        if (_switched)
            return $"{live.DeploymentId}: {outcome.Text}; it ends when it finds that its version does not serve";
        if (live.State is { Phase: RolloutPhase.Promoted, IsLastWave: true })
            throw new PipelineException(
                $"{live.DeploymentId} is recorded, or is just being: there is nothing left to abort",
                "a deployment that has not ended",
                $"{Rollback}, once it has ended"
            );
        throw new PipelineException(
            $"{live.DeploymentId}: {outcome.Text}; nothing has been taken from the stable version",
            next: live.Holder is { } holder
                ? $"Ctrl-C in the terminal of {holder.Name} (process {holder.ProcessId}) ends it"
                : $"./build.sh --target=Cancelled --deployment-id={live.DeploymentId}"
        );
    }

    private string Rollback => $"./build.sh --target=Rollback --environment={context.Destination.Name}";

    private static async Task<string> DescribeAsync(Serving serving, double before, double seconds)
    {
        var stable = await serving.Workload.ReadAsync(Arm.Stable, CancellationToken.None);
        var name = stable.Version?.FullVersion ?? "the stable version";
        return before > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{name} has all traffic again; the candidate had {before:0.#} %, and none after {seconds:0.00} s"
            )
            : $"{name} has all traffic; no candidate had any";
    }

    /// <summary>What to type when the newest deployment is over and can be taken back; null when there is none.</summary>
    private async Task<string?> AfterwardsAsync()
    {
        if (LiveRollout.Latest(context) is not { } latest)
            return null;
        if (await HalfwayAsync(latest.DeploymentId) is { } halfway)
            return halfway;
        if (Runs.Peek<RolloutResult>(latest.Folder) is not { } rollout)
            return null;
        // The last wave says whether all of it was promoted.
        var serving = (await context.Site.LookAsync(context.Request.Region, context.Cancellation))[^1];
        var stable = await serving.Workload.ReadAsync(Arm.Stable, context.Cancellation);
        if (rollout.Result != RolloutOutcome.Promoted || stable.DeploymentId != latest.DeploymentId)
            return null;
        return rollout.WarmUntil is { } until && until > context.Time.GetUtcNow()
            ? $"{stable.Version} was promoted; until {until.UtcDateTime:HH:mm} UTC it is taken back with: {Rollback}"
            : $"{stable.Version} was promoted and its rollback window is over: {Rollback} --force --reason=\"…\"";
    }

    /// <summary>A deployment that died, or was held, between its waves serves in some regions; null when it does not.</summary>
    private async Task<string?> HalfwayAsync(string deploymentId)
    {
        var serves = new List<string>();
        var sides = await context.Site.LookAsync(region: null, context.Cancellation);
        foreach (var side in sides)
            if ((await side.Workload.ReadAsync(Arm.Stable, context.Cancellation)).DeploymentId == deploymentId)
                serves.Add(side.Region ?? "");
        return serves.Count == 0 || serves.Count == sides.Length
            ? null
            : $"{deploymentId} has passed in {string.Join(", ", serves)} and serves there: "
                + $"./build.sh --target=Cancelled --deployment-id={deploymentId} takes it back, --target=Deploy --resume goes on";
    }
}
