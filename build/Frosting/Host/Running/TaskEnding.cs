namespace Slipway.Host;

/// <summary>How the work of one task ended, before the scheduler judges what that means for the run.</summary>
internal sealed record TaskEnding(TaskOutcome Outcome, string? Reason = null, Exception? Exception = null)
{
    public static TaskEnding Succeeded { get; } = new(TaskOutcome.Succeeded);

    public static TaskEnding Failed(Exception exception) => new(TaskOutcome.Failed, null, exception);

    public static TaskEnding Skipped(string reason) => new(TaskOutcome.Skipped, reason);
}
