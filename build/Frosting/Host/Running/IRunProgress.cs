namespace Slipway.Host;

/// <summary>How far the run has come; safe from any thread. In the teardown it is the whole run. Resolve it from the services.</summary>
public interface IRunProgress
{
    RunTimeline Now { get; }

    /// <summary>The failures that make this run red, in the order they happened. Empty: it is green so far, or only cancelled.</summary>
    IReadOnlyList<TaskResult> Failed { get; }
}

internal sealed class RunProgress : IRunProgress
{
    private volatile RunTimeline _now = new();
    private volatile IReadOnlyList<TaskResult> _failed = [];

    public RunTimeline Now
    {
        get => _now;
        set => _now = value;
    }

    public IReadOnlyList<TaskResult> Failed
    {
        get => _failed;
        set => _failed = value;
    }
}
