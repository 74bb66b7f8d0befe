using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Rollouts;

/// <summary>
/// Brings one candidate from nothing to all traffic, judged all the time, or takes everything back. It begins with
/// the world as it finds it, so the same call starts a rollout and resumes one that died.
/// </summary>
/// <remarks>
/// Whatever ends it early (verdict, person, cancellation, failure), traffic goes to 0 % first and the version before
/// is not touched. <see cref="OperationCanceledException"/> and failures are thrown on after that.
/// </remarks>
public sealed class RolloutMachine
{
    private readonly RolloutPlan plan;
    private readonly RolloutPorts ports;
    private readonly RolloutJournal journal;
    private readonly RolloutTicker ticker;
    private readonly CandidateProbe probe;
    private readonly StageWatch watch;
    private readonly TrafficRetreat retreat;
    private readonly CandidateLaunch launch;
    private readonly TrafficShift shift;
    private Touched touched;

    public RolloutMachine(RolloutPlan plan, RolloutPorts ports)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(ports);
        if (plan.Settings.Stages.IsDefaultOrEmpty)
            throw new PipelineException(
                ExitCode.Usage,
                "rollout.stages is empty",
                "at least one stage, the last with 100 %"
            );
        this.plan = plan;
        this.ports = ports;
        journal = new RolloutJournal(plan, ports);
        ticker = new RolloutTicker(plan, ports);
        probe = new CandidateProbe(plan, ports);
        watch = new StageWatch(plan, ports, ticker, probe, journal);
        retreat = new TrafficRetreat(ports.Time, ports.Router, ports.Workload);
        launch = new CandidateLaunch(plan, ports, ticker, journal);
        shift = new TrafficShift(plan, ports);
    }

    private enum Touched
    {
        Nothing,
        Candidate,
        Swapping,
        Promoted,
    }

    public async Task<RolloutResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return await GoAsync(cancellation);
        }
        catch (Exception error) when (touched is Touched.Candidate or Touched.Swapping)
        {
            var isTakenBack = await UndoAsync(
                cancellation.IsCancellationRequested ? "cancelled" : error.Message,
                error
            );
            // A candidate that is not fit to get traffic ends like one that failed with it: the version before serves.
            if (isTakenBack && error is PipelineException { ExitCode: ExitCode.Failed } failure)
                throw new PipelineException(
                    ExitCode.RolledBack,
                    failure.Message,
                    failure.Expected,
                    failure.Next,
                    failure
                );
            throw;
        }
    }

    /// <summary>An interrupted switch may have happened: then the candidate serves, was judged good, and stays.</summary>
    /// <returns>Whether the version before has all traffic again.</returns>
    private async Task<bool> UndoAsync(string why, Exception cause)
    {
        var serves = touched == Touched.Swapping ? await shift.TryServesAsync() : false;
        if (serves is true)
        {
            journal.Say(RolloutPhase.Promoted, $"{why}, after {plan.Candidate.Version} became the stable version");
            return false;
        }
        // Where nobody can say who serves, what has no traffic now may be the version before: it is not stopped.
        await TakeBackAsync(why, keepCandidate: serves is null, cause);
        return serves is false && journal.State.Stable is not null;
    }

    private async Task<RolloutResult> GoAsync(CancellationToken cancellation)
    {
        await RepairStableAsync(cancellation);
        var router = await ports.Router.ReadAsync(cancellation);
        var stable = await ports.Workload.ReadAsync(Arm.Stable, cancellation);
        var candidate = await ports.Workload.ReadAsync(Arm.Candidate, cancellation);
        var id = plan.Candidate.DeploymentId;
        var decision = RecoveryDecision.Of(router, stable, candidate, id, plan.Settings.Stages);
        journal.Change(journal.State with { Stable = stable.Version, Message = decision.Reason });
        switch (decision.Action)
        {
            case RecoveryAction.Refuse:
                throw new PipelineException(
                    ExitCode.Locked,
                    decision.Reason,
                    "one deployment at a time",
                    $"./build.sh --target=Deploy --resume --deployment-id={candidate.DeploymentId}, or --target=Abort"
                );
            case RecoveryAction.Finished:
                await shift.ConfirmAsync(0, cancellation);
                return Promoted(candidate.Version, decision.Reason);
        }
        if (decision.Action != RecoveryAction.Continue)
            DemandNoFreeze();
        await ticker.BeginAsync(cancellation);
        if (decision.Action == RecoveryAction.RetreatThenStart)
            await TakeBackAsync(decision.Reason, keepCandidate: false, cause: null);
        touched = Touched.Candidate;
        if (decision.Action != RecoveryAction.Continue && await launch.RunAsync(cancellation) is { } aborted)
            return await RolledBackAsync(aborted, stable.Version);
        await probe.DemandHealthyAsync(cancellation);
        // Somebody may have said no while the candidate was starting: then it gets no request at all.
        while (decision.Action != RecoveryAction.StartFirst && await ports.Control.TakeAsync(cancellation) is { } early)
            if (watch.TakeEarly(early) is { } refused)
                return await EndEarlyAsync(refused, stable.Version);
        return decision.Action == RecoveryAction.StartFirst
            ? await PromoteFirstAsync(cancellation)
            : await RunStagesAsync(
                decision.Stage,
                stable.Version,
                decision.Action == RecoveryAction.Continue,
                cancellation
            );
    }

    /// <summary>
    /// The candidate is compared with a version that lives. One that cannot be started again does not stop a release
    /// that may be its cure: the rollout then holds, and a living candidate is not taken back to nobody.
    /// </summary>
    private async Task RepairStableAsync(CancellationToken cancellation)
    {
        try
        {
            if (await ports.Workload.RepairStableAsync(cancellation) is > 0 and var repaired)
                journal.Say(
                    RolloutPhase.Starting,
                    $"{repaired} dead instances of the stable version were started again"
                );
        }
        catch (PipelineException dead)
        {
            journal.Say(RolloutPhase.Starting, $"the stable version does not run: {dead.Message}");
        }
    }

    private async Task<RolloutResult> RunStagesAsync(
        int first,
        ProjectVersion? stable,
        bool isRunning,
        CancellationToken cancellation
    )
    {
        for (var index = first; index < plan.Settings.Stages.Length; index++)
        {
            var isEntered = isRunning && index == first;
            using var gate = isEntered ? null : Gate(index, cancellation);
            var opened = gate is null ? null : await watch.RunAsync(gate, cancellation);
            if (opened is not null && opened.End != WatchEnd.Passed)
                return await EndEarlyAsync(opened, stable);
            var ended = await RunStageAsync(index, opened?.Approval, cancellation);
            if (ended.End is WatchEnd.Abort or WatchEnd.HeldTooLong)
                return await EndEarlyAsync(ended, stable);
            if (ended.End == WatchEnd.PromotedFully)
                break;
        }
        return await PromoteAsync(stable, cancellation);
    }

    private async Task<WatchResult> RunStageAsync(int index, ApprovalAnswer? approval, CancellationToken cancellation)
    {
        var weight = plan.Settings.Stages[index].TrafficPercentage;
        await shift.SetAsync(weight, cancellation);
        journal.BeginStage(index, weight, approval);
        await ticker.EnterAsync(index, cancellation);
        var ended = await watch.RunAsync(null, cancellation);
        while (ended.End == WatchEnd.RouterRestarted)
        {
            // It came back with all traffic at the stable version: on at the stage's weight, which was judged good so far.
            journal.Say(RolloutPhase.Running, ended.Explanation);
            await shift.SetAsync(weight, cancellation);
            await ticker.EnterAsync(index, cancellation);
            ended = await watch.RunAsync(null, cancellation);
        }
        journal.EndStage(index, ended.Status, ended.Explanation);
        return ended;
    }

    private StageGate? Gate(int index, CancellationToken cancellation)
    {
        var stage = plan.Settings.Stages[index];
        var freeze = plan.FreezeOverride is null ? ports.Freeze : null;
        var request = new ApprovalRequest(stage.Name, stage.TrafficPercentage, plan.Candidate.Version.FullVersion);
        Func<CancellationToken, Task<ApprovalAnswer>>? ask = stage.RequiresApproval
            ? token => ports.Approval.AskAsync(request, token)
            : null;
        return ask is null && freeze is null ? null : new StageGate(ask, freeze, stage.Name, cancellation);
    }

    private async Task<RolloutResult> EndEarlyAsync(WatchResult ended, ProjectVersion? stable)
    {
        if (ended.End != WatchEnd.HeldTooLong)
            return await RolledBackAsync(ended.Explanation, stable);
        var taken = await TakeBackAsync(ended.Explanation, keepCandidate: true, cause: null);
        journal.Say(
            RolloutPhase.Held,
            $"{ended.Explanation}; {stable} has all traffic again, the candidate runs without"
        );
        return Result(RolloutOutcome.Held, stable) with
        {
            SecondsToZero = taken.SecondsToZero,
            Reason = ended.Explanation,
        };
    }

    private async Task<RolloutResult> RolledBackAsync(string why, ProjectVersion? stable)
    {
        var taken = await TakeBackAsync(why, keepCandidate: false, cause: null);
        return Result(RolloutOutcome.RolledBack, stable) with { SecondsToZero = taken.SecondsToZero, Reason = why };
    }

    /// <param name="cause">The failure that is being undone; told along when even undoing fails.</param>
    private async Task<RetreatResult> TakeBackAsync(string why, bool keepCandidate, Exception? cause)
    {
        journal.Say(RolloutPhase.TakingBack, why);
        try
        {
            var taken = await retreat.RunAsync(plan.RetreatLimit, plan.Settings.DrainTimeout, keepCandidate);
            touched = Touched.Nothing;
            var note = taken.Note is null ? "" : $"; {taken.Note}";
            journal.Change(journal.State with { WeightAsked = 0, WeightConfirmed = 0 });
            journal.Say(RolloutPhase.RolledBack, $"{why}; 0 % after {taken.SecondsToZero:0.00} s{note}");
            return taken;
        }
        catch (PipelineException dead)
        {
            touched = Touched.Nothing;
            journal.Say(RolloutPhase.TakingBack, dead.Message);
            throw new PipelineException(
                dead.ExitCode,
                $"{dead.Message} (after: {why})",
                dead.Expected,
                dead.Next,
                cause ?? dead
            );
        }
    }

    private async Task<RolloutResult> PromoteAsync(ProjectVersion? before, CancellationToken cancellation)
    {
        while (await ports.Control.TakeAsync(cancellation) is { } late)
            if (watch.TakeLate(late) is { } ended)
                return await EndEarlyAsync(ended, before);
        journal.Say(RolloutPhase.Promoting, $"{plan.Candidate.Version} becomes the stable version");
        touched = Touched.Swapping;
        await shift.SwapAsync(cancellation);
        touched = Touched.Promoted;
        return Promoted(before, $"{plan.Candidate.Version} serves; {before} stays warm");
    }

    private async Task<RolloutResult> PromoteFirstAsync(CancellationToken cancellation)
    {
        var last = plan.Settings.Stages.Length - 1;
        const string why = "first deployment: no version to compare with, so it gets all traffic at once";
        journal.BeginStage(last, 100);
        journal.Say(RolloutPhase.Promoting, why);
        touched = Touched.Swapping;
        await shift.SwapAsync(cancellation);
        touched = Touched.Promoted;
        journal.EndStage(last, "healthy", why);
        return Promoted(null, why);
    }

    private RolloutResult Promoted(ProjectVersion? before, string message)
    {
        journal.Change(journal.State with { WeightAsked = 100, WeightConfirmed = 100 });
        journal.Say(RolloutPhase.Promoted, message);
        return Result(RolloutOutcome.Promoted, plan.Candidate.Version) with
        {
            Warm = before,
            WarmUntil = before is null ? null : ports.Time.GetUtcNow() + plan.RollbackWindow,
        };
    }

    private RolloutResult Result(RolloutOutcome outcome, ProjectVersion? serving) =>
        new()
        {
            DeploymentId = plan.Candidate.DeploymentId,
            Result = outcome,
            Serving = serving,
            Stages = journal.Results,
            StartedAt = journal.StartedAt,
            FinishedAt = ports.Time.GetUtcNow(),
        };

    private void DemandNoFreeze()
    {
        if (plan.FreezeOverride is not null || ports.Freeze.OpenAt(ports.Time.GetUtcNow()) is not { } window)
            return;
        throw new PipelineException(
            ExitCode.Frozen,
            $"the freeze window \"{window}\" is open: no rollout starts",
            "a time outside the environment's freezeWindows",
            "wait, or: --force --reason=\"…\""
        );
    }
}
