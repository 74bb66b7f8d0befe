namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>
/// Time that passes only by waiting: a timer is due at once and moves the clock to its due time, so that a rollout of
/// half an hour runs in a moment, on one thread, the same way every time.
/// </summary>
internal sealed class FakeTime : TimeProvider
{
    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private DateTimeOffset now = Start;

    /// <summary>Called with the new time whenever it moved.</summary>
    public Action<DateTimeOffset>? Moved { get; set; }

    /// <summary>A dead program's timers never fire.</summary>
    public Func<bool> IsStopped { get; set; } = () => false;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public void Advance(TimeSpan by)
    {
        now += by;
        if (now > Start.AddDays(2))
            throw new InvalidOperationException("the rollout does not end");
        Moved?.Invoke(now);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || IsStopped())
            return new Done();
        Advance(dueTime);
        callback(state);
        return new Done();
    }

    private sealed class Done : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
