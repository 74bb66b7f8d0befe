using Slipway.Canary;

namespace Slipway.Rollouts;

public enum ControlKind
{
    Pause,
    Resume,

    /// <summary>Ends the stage under way now; its verdict is a person's.</summary>
    PromoteStage,

    /// <summary>All traffic to the candidate now.</summary>
    PromoteFull,
    Abort,
}

/// <summary>What somebody asks of a rollout under way, from another terminal or job.</summary>
/// <param name="By">Who asked.</param>
/// <param name="Id">By which the asker finds the answer; null when nobody waits for one.</param>
public sealed record ControlRequest(ControlKind Kind, string By, string? Reason = null, string? Id = null)
{
    /// <summary>Who, and why where that was said.</summary>
    public string ByWhom => string.IsNullOrEmpty(Reason) ? $"by {By}" : $"by {By}: {Reason}";
}

/// <summary>What became of a request: the last one is in <see cref="RolloutState.Answered"/>.</summary>
/// <param name="Obeyed">Whether it was done; otherwise <paramref name="Text"/> says why not.</param>
public sealed record ControlAnswer(string? RequestId, ControlKind Kind, bool Obeyed, string Text, DateTimeOffset At);

/// <summary>Requests to the rollout, polled about once a second.</summary>
public interface IRolloutControl
{
    /// <summary>The oldest request that was not taken yet, and takes it; null when there is none.</summary>
    Task<ControlRequest?> TakeAsync(CancellationToken cancellation);
}

/// <param name="Candidate">Version that would get the traffic.</param>
public sealed record ApprovalRequest(string Stage, int TrafficPercentage, string Candidate);

/// <param name="By">Who answered.</param>
public sealed record ApprovalAnswer(bool Granted, string By, string? Reason = null);

/// <summary>Asks a person before a stage; the stage before goes on being judged meanwhile.</summary>
public interface IApproval
{
    Task<ApprovalAnswer> AskAsync(ApprovalRequest request, CancellationToken cancellation);
}

/// <summary>When nothing may be started or advanced; taking back is always allowed.</summary>
public interface IFreezeCalendar
{
    /// <summary>Name of the freeze window that is open at this time; null when none is.</summary>
    string? OpenAt(DateTimeOffset at);
}

/// <summary>Is told what the rollout does: keeps the tick log, draws the live view.</summary>
public interface IRolloutObserver
{
    /// <summary>A line for <c>rollout/ticks.ndjson</c>; returns once it is kept.</summary>
    Task TickedAsync(TickLine line, CancellationToken cancellation);

    void Changed(RolloutState state);
}
