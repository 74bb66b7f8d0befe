using System.Collections.Immutable;
using Slipway.Canary;

namespace Slipway.Rollouts;

/// <summary>What the rollout is doing and did: tells the observer at every change, and makes the result's stages.</summary>
internal sealed class RolloutJournal
{
    private readonly RolloutPorts ports;
    private readonly ImmutableArray<RolloutStageResult>.Builder results =
        ImmutableArray.CreateBuilder<RolloutStageResult>();
    private DateTimeOffset stageStart;
    private ApprovalAnswer? stageApproval;
    private long candidateRequests;
    private long candidateErrors;
    private long stableRequests;
    private long stableErrors;

    public RolloutJournal(RolloutPlan plan, RolloutPorts ports)
    {
        this.ports = ports;
        StartedAt = ports.Time.GetUtcNow();
        State = new RolloutState
        {
            Phase = RolloutPhase.Starting,
            At = StartedAt,
            DeploymentId = plan.Candidate.DeploymentId,
            Candidate = plan.Candidate.Version,
            Stages =
            [
                .. plan.Settings.Stages.Select(stage => new StageProgress(
                    stage.Name,
                    stage.TrafficPercentage,
                    0,
                    stage.Duration.TotalSeconds,
                    "waiting"
                )),
            ],
        };
    }

    public DateTimeOffset StartedAt { get; }

    public RolloutState State { get; private set; }

    public ImmutableArray<RolloutStageResult> Results => results.ToImmutable();

    public void Say(RolloutPhase phase, string message) => Change(State with { Phase = phase, Message = message });

    /// <summary>Says what became of a request, to everybody and to the one who waits for it.</summary>
    public void Answer(ControlRequest request, bool obeyed, RolloutPhase phase, string text) =>
        Change(
            State with
            {
                Phase = phase,
                Message = text,
                Answered = new(request.Id, request.Kind, obeyed, text, ports.Time.GetUtcNow()),
            }
        );

    public void Change(RolloutState state)
    {
        State = state with { At = ports.Time.GetUtcNow() };
        ports.Observer.Changed(State);
    }

    /// <param name="approval">Who said yes to it; null where nobody was asked.</param>
    public void BeginStage(int index, int weight, ApprovalAnswer? approval = null)
    {
        stageStart = ports.Time.GetUtcNow();
        stageApproval = approval;
        (candidateRequests, candidateErrors, stableRequests, stableErrors) = (0, 0, 0, 0);
        Change(
            State with
            {
                Phase = RolloutPhase.Running,
                Stage = index,
                WeightAsked = weight,
                Stages = State.Stages.SetItem(index, State.Stages[index] with { Status = "running" }),
                Message =
                    $"{weight} % of the traffic goes to {State.Candidate}"
                    + (approval is null ? "" : $", approved by {approval.By}"),
            }
        );
    }

    public void Record(Look look, RolloutPhase phase)
    {
        var (tick, verdict) = (look.Tick, look.Verdict);
        if (tick.Dropped is null)
            Count(tick);
        var state = State with
        {
            Phase = phase,
            Verdict = verdict,
            Message = look.Explanation,
            WeightConfirmed = tick.RouterShare,
        };
        if (tick.Stage >= 0 && tick.Entry > 0)
        {
            var stage = state.Stages[tick.Stage] with { Seconds = verdict.StageSeconds, Length = verdict.StageLength };
            state = state with { Stages = state.Stages.SetItem(tick.Stage, stage) };
        }
        if (tick.Stable is { } stable && tick.Seconds > 0)
            state = state with { StableRates = Rates(stable, tick.Seconds) };
        if (tick.Candidate is { } candidate && tick.Stable is { } beside && tick.Seconds > 0)
        {
            var all = candidate.Requests + beside.Requests;
            state = state with
            {
                CandidateRates = Rates(candidate, tick.Seconds),
                ShareObserved = all > 0 ? 100.0 * candidate.Requests / all : null,
            };
        }
        Change(state);
    }

    public void EndStage(int index, string status, string explanation)
    {
        var stage = State.Stages[index];
        results.Add(
            new(
                stage.Name,
                stage.Weight,
                stageStart,
                (ports.Time.GetUtcNow() - stageStart).TotalSeconds,
                status,
                candidateRequests,
                candidateErrors,
                stableRequests,
                stableErrors,
                explanation
            )
            {
                Approval = stageApproval,
            }
        );
        Change(State with { Stages = State.Stages.SetItem(index, stage with { Status = status }) });
    }

    private void Count(CanaryTick tick)
    {
        if (tick.Stage < 0)
            return;
        candidateRequests += tick.Candidate?.Requests ?? 0;
        candidateErrors += tick.Candidate?.Failed ?? 0;
        stableRequests += tick.Stable?.Requests ?? 0;
        stableErrors += tick.Stable?.Failed ?? 0;
    }

    private static ArmRates Rates(ArmTick arm, double seconds) =>
        new(
            arm.Requests / seconds,
            arm.Requests > 0 ? (double)arm.Failed / arm.Requests : 0,
            arm.Latency.Count > 0 ? Math.Exp(arm.Latency.SumOfLogs / arm.Latency.Count) : null
        );
}
