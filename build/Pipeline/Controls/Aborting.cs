using System.Globalization;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>
/// Abort from another terminal: the router is what counts, so it is asked and set whoever else lives. The rollout's own
/// process, where there is one, is told, and ends by itself.
/// </summary>
public sealed class Aborting(DeploymentContext context)
{
    private static readonly TimeSpan RouterLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

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

    /// <returns>What the router does now.</returns>
    /// <exception cref="PipelineException">The router does not answer, or still gives the candidate something.</exception>
    public async Task<string> TakeBackAsync()
    {
        var said = new List<string>();
        var stuck = new List<PipelineException>();
        // The newest wave first: earlier ones that are promoted have nothing to take back.
        foreach (var serving in (await context.Site.LookAsync(context.Request.Region, context.Cancellation)).Reverse())
            try
            {
                said.Add(serving.Say(await TakeBackAsync(serving)));
            }
            catch (PipelineException dead)
            {
                stuck.Add(dead);
            }
        return stuck switch
        {
            [] => string.Join('\n', said),
            [var one] when said.Count == 0 => throw one,
            _ => throw new PipelineException(
                stuck[0].ExitCode,
                string.Join('\n', said.Concat(stuck.Select(dead => dead.Message))),
                stuck[0].Expected,
                stuck[0].Next,
                stuck[0]
            ),
        };
    }

    private async Task<string> TakeBackAsync(Serving serving)
    {
        var before = (await serving.Router.ReadAsync(context.Cancellation)).CandidateShare;
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
            return await AfterwardsAsync() ?? "no rollout is under way";
        if (request is null)
            return "its process was not told and may shift traffic again: end it with Ctrl-C in its terminal";
        var outcome = await live.AnswerAsync(ControlKind.Abort, request, AnswerLimit, context.Cancellation);
        if (outcome.Done)
            return $"{live.DeploymentId}: {outcome.Text}";
        if (live.State is { Phase: RolloutPhase.Promoted })
            throw new PipelineException(
                $"{live.DeploymentId} is promoted already: there is no rollout left to abort",
                "a rollout that has not given its candidate everything",
                live.Holder is { } busy
                    ? $"{Rollback}, once the deployment has ended; Ctrl-C in the terminal of {busy.Name} takes it back now"
                    : Rollback
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
        if (LiveRollout.Latest(context) is not { } latest || Runs.Peek<RolloutResult>(latest.Folder) is not { } rollout)
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
}
