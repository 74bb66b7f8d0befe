using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Records;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>The deployment that works on an environment now, as another process sees it: its folder, and who holds the claim.</summary>
public sealed class LiveRollout(DeploymentContext context, ISite site, RunFolder folder)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly RolloutStateFile[] _states =
    [
        .. site.Waves.Select(region => new RolloutStateFile(folder.PathOf(RolloutRecorder.StateFileOf(region)))),
    ];

    public RunFolder Folder => folder;

    public string DeploymentId => folder.DeploymentId;

    public RolloutRequests Requests { get; } = new(folder);

    /// <summary>Who works on it; null when its process has ended.</summary>
    public ClaimHolder? Holder => site.Holder();

    /// <summary>What its process last said, of the wave that is under way; null before it came to its rollout.</summary>
    public RolloutState? State => States.MaxBy(state => state.At);

    private IEnumerable<RolloutState> Written => _states.Select(file => file.TryRead()).OfType<RolloutState>();

    private IEnumerable<RolloutState> States =>
        // A state from before the claim was written by an attempt that ended.
        Written.Where(state => Holder is not { } holder || state.At >= holder.Since);

    /// <summary>The wave that answered has ended, perhaps, and another is under way by now.</summary>
    private RolloutState? StateFor(string request) =>
        States.FirstOrDefault(state => state.Answered?.RequestId == request) ?? State;

    /// <summary>Whether it is recorded as done, or is being recorded: what serves then is taken back by a rollback.</summary>
    public bool HasEnded =>
        Runs.Peek<DeploymentRecord>(folder)?.Status == DeploymentRecords.TextOf(DeploymentStatus.Success)
        // One that died while it was recorded may be in the history already: a resumed run finds out.
        || (Holder is null ? Written.MaxBy(state => state.At) : State) is { IsClosed: true };

    /// <summary>The deployment under way in the environment; null when nothing holds it.</summary>
    public static LiveRollout? Find(DeploymentContext context) =>
        context.Site.Holder() is null ? null : Latest(context);

    /// <summary>The deployment that is named, or the environment's newest, whether it is under way or not.</summary>
    public static LiveRollout? Latest(DeploymentContext context) =>
        (context.Request.DeploymentId is { } id ? context.Runs.Look(id) : context.Runs.Newest(context.Destination.Name))
            is { } folder
            ? new(context, context.Site, folder)
            : null;

    /// <returns>The request's id.</returns>
    public Task<string> SendAsync(ControlKind kind, CancellationToken cancellation) =>
        Requests.SendAsync(new(kind, context.Origin.Actor, context.Request.Reason), cancellation);

    /// <summary>Waits until the rollout has answered a request, or cannot any more, or the limit is over.</summary>
    public async Task<ControlOutcome> AnswerAsync(
        ControlKind kind,
        string id,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var start = context.Time.GetTimestamp();
        while (true)
        {
            var isLate = context.Time.GetElapsedTime(start) >= limit;
            // In this order: what was written before the process ended is seen.
            var isAlive = Holder is not null;
            var isWaiting = Requests.IsWaiting(id);
            if (ControlOutcome.Of(kind, id, StateFor(id), isWaiting, isAlive, isLate) is { } outcome)
                return outcome.Keep || !Requests.Withdraw(id)
                    ? outcome
                    : outcome with
                    {
                        Text = $"{outcome.Text}; the request is withdrawn",
                    };
            await Task.Delay(Glance, context.Time, cancellation);
        }
    }

    /// <exception cref="PipelineException">Nothing is under way.</exception>
    public static LiveRollout Demand(DeploymentContext context) =>
        Find(context)
        ?? throw new PipelineException(
            $"no deployment to {context.Destination.Name} is under way",
            "a deployment that runs on this machine, with this DEPLOYMENT_LOG_DIR",
            $"./build.sh --target=Status --environment={context.Destination.Name}"
        );
}
