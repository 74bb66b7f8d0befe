namespace Slipway.Host;

/// <summary>What a failure does to the rest of the run.</summary>
internal enum RunPolicy
{
    /// <summary>Nothing new starts, what runs ends.</summary>
    Finish,

    /// <summary>Nothing new starts, what runs is cancelled.</summary>
    FailFast,

    /// <summary>What does not depend on the failure runs.</summary>
    KeepGoing,
}
