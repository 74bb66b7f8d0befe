namespace Slipway.Outcomes;

/// <summary>What the program's exit code says, to a person and to a workflow.</summary>
public enum ExitCode
{
    Done = 0,
    Failed = 1,

    /// <summary>Wrong arguments or configuration: nothing was started.</summary>
    Usage = 2,

    /// <summary>The release was taken back; the version before it serves.</summary>
    RolledBack = 10,

    /// <summary>The rollout stands still and needs a person.</summary>
    Held = 11,

    /// <summary>Another deployment holds the environment.</summary>
    Locked = 12,

    /// <summary>A freeze window is open.</summary>
    Frozen = 13,
    Cancelled = 130,
}
