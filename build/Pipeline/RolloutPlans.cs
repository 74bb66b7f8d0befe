using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Releases;
using Slipway.Rollouts;

namespace Slipway.Pipeline;

/// <summary>Puts together what a rollout is told, and the world around it.</summary>
public static class RolloutPlans
{
    public static RolloutPlan Of(
        DeploymentContext context,
        Release release,
        ImageSet images,
        ImmutableSortedDictionary<string, string> settings
    ) =>
        new()
        {
            Candidate = new CandidateStart(release.Version, release.DeploymentId, images.Images, settings),
            Settings = context.Destination.Rollout,
            Health = context.Destination.Health,
            RollbackWindow = context.Destination.RollbackWindow,
            AcceptLowTraffic = context.Request.AcceptLowTraffic,
            FreezeOverride = context.Request.Force ? context.Request.Reason : null,
            // Nobody may be at the terminal: what stands still ends as held, with the stable version serving.
            HoldLimit = context.Destination.Rollout.HoldLimit,
        };

    public static RolloutPorts Ports(DeploymentContext context, Serving serving, IRolloutObserver observer) =>
        new(
            context.Time,
            serving.Router,
            serving.Workload,
            serving.Metrics,
            serving.Probe,
            new RolloutRequests(context.Runs.Current),
            new StageApproval(context),
            new FreezeCalendar(context.Destination.FreezeWindows),
            observer
        );
}

/// <summary>Requests of people, each a file in the run folder: <c>rollout/requests/*.json</c>, taken in order, each once.</summary>
public sealed class RolloutRequests(Tools.RunFolder folder) : IRolloutControl
{
    public const string Folder = "rollout/requests";

    private readonly Tools.Mailbox _mailbox = new(folder.PathOf(Folder));

    public async Task<ControlRequest?> TakeAsync(CancellationToken cancellation) =>
        await _mailbox.TakeAsync(cancellation) is { } letter && Enum.TryParse<ControlKind>(letter.Subject, out var kind)
            ? new(kind, letter.From, letter.Text, letter.Id)
            : null;

    /// <returns>The request's id, by which its answer is found.</returns>
    public Task<string> SendAsync(ControlRequest request, CancellationToken cancellation) =>
        _mailbox.SendAsync(new(request.Kind.ToString(), request.By, request.Reason ?? ""), cancellation);

    /// <summary>Whether the rollout has not taken the request yet.</summary>
    public bool IsWaiting(string id) => _mailbox.IsWaiting(id);

    /// <returns>False when the rollout had taken it.</returns>
    public bool Withdraw(string id) => _mailbox.Withdraw(id);
}

/// <summary>
/// Before a stage that asks for a person: <c>--yes --reason</c> on the command line, else the terminal is asked. Where
/// nobody sits at one, the stage waits for <c>--target=Promote</c> from elsewhere, as long as the rollout may stand still.
/// </summary>
public sealed class StageApproval(DeploymentContext context) : IApproval
{
    public async Task<ApprovalAnswer> AskAsync(ApprovalRequest request, CancellationToken cancellation)
    {
        if (context.Request.Yes)
            return new(true, context.Origin.Actor, context.Request.Reason);
        if (context.Host.Ask is not { } ask)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellation);
            throw new OperationCanceledException(cancellation);
        }
        var answer = await Task.Run(
            () =>
                ask(
                    $"{request.Candidate} is good so far. {request.TrafficPercentage} % of the traffic to it (stage {request.Stage})? yes or no:",
                    cancellation
                ),
            cancellation
        );
        return string.Equals(answer?.Trim(), "yes", StringComparison.OrdinalIgnoreCase)
            ? new(true, context.Origin.Actor)
            : new(false, context.Origin.Actor, $"the answer was \"{answer?.Trim()}\", not yes");
    }
}
