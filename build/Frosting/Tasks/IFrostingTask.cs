using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task as the host sees it. Write one by deriving from <see cref="FrostingTask{T}"/> or <see cref="AsyncFrostingTask{T}"/>.</summary>
public interface IFrostingTask
{
    Task RunAsync(ICakeContext context);

    /// <summary>False leaves the task out; the tasks that depend on it still run.</summary>
    bool ShouldRun(ICakeContext context);

    /// <summary>Why <see cref="ShouldRun"/> answered no.</summary>
    string SkippedMessage => string.Empty;

    void OnError(Exception exception, ICakeContext context);

    /// <summary>Called after the task ran, however it ended.</summary>
    void Finally(ICakeContext context);
}
