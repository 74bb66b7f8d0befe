using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Runs;

namespace Slipway.Pipeline;

/// <summary>
/// A stage of a deployment: a function from typed files of the run folder to one typed file. It says when and why;
/// what is decided stands in Deployment, how the world is touched in Tools.
/// </summary>
public abstract class Stage<T> : AsyncFrostingTask<DeploymentContext>
    where T : StageOutput, IStageFile
{
    /// <summary>With <c>--resume</c> a stage whose output is complete and still follows from its files is not done again.</summary>
    public sealed override bool ShouldRun(DeploymentContext context)
    {
        if (!context.Request.Resume || context.Runs.Find() is not { } run || run.TryRead<T>() is not { } output)
            return true;
        if (run.ChangedFilesAsync(output, context.Cancellation).GetAwaiter().GetResult() is [var changed, ..])
        {
            context.Log.Information("{0} is done again: {1} is not what it was made from", T.FileName, changed);
            return true;
        }
        if (!Holds(output) || !Holds(output, context))
            return true;
        context.Log.Information(
            "done at {0:HH:mm:ss} UTC, and {1} still holds",
            output.FinishedAt.UtcDateTime,
            T.FileName
        );
        return false;
    }

    public sealed override async Task RunAsync(DeploymentContext context)
    {
        var run = new StageRun(context);
        try
        {
            var output = await PerformAsync(run);
            Verify(run);
            await run.WriteAsync(output);
        }
        catch (PipelineException failure)
        {
            throw Failures.Of(await OnFailureAsync(run, failure), Failures.Again(run));
        }
        catch (IOException failure)
        {
            throw Failures.Of(await OnFailureAsync(run, Failures.OfDisk(failure, run)));
        }
    }

    /// <summary>What must hold at the end of the stage, whatever it found.</summary>
    protected virtual void Verify(StageRun run) { }

    protected abstract Task<T> ExecuteAsync(StageRun run);

    /// <summary>Executes it; a stage that others may end listens meanwhile.</summary>
    protected virtual Task<T> PerformAsync(StageRun run) => ExecuteAsync(run);

    /// <summary>Whether a complete output lets the stage be left out of a resumed run: a rollout that was taken back does not.</summary>
    protected virtual bool Holds(T output) => true;

    /// <summary>The same where it depends on something outside the run folder.</summary>
    protected virtual bool Holds(T output, DeploymentContext context) => true;

    /// <summary>What a failure means for the world: stages after the rollout take the traffic back.</summary>
    protected virtual Task<PipelineException> OnFailureAsync(StageRun run, PipelineException failure) =>
        Task.FromResult(failure);
}

/// <summary>Turns a failure that a person can act on into what the host prints and exits with.</summary>
public static class Failures
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <param name="next">What to type next when the failure itself does not know.</param>
    public static CakeException Of(PipelineException failure, string? next = null) =>
        new((int)failure.ExitCode, (IsUnfinished(failure) ? WithNext(failure, next) : failure).Explain(), failure);

    /// <summary>The command that goes on with this deployment.</summary>
    public static string Again(StageRun run) =>
        run.Context.Runs.Opened is { } folder
            ? $"./build.sh --target=Deploy --resume --deployment-id={folder.DeploymentId}"
            : "./build.sh --target=Deploy";

    /// <summary>A file that could not be written or read; a full disk is named, because it is the usual reason.</summary>
    public static PipelineException OfDisk(IOException failure, StageRun run)
    {
        var full = failure.HResult is NoSpace or QuotaExceeded;
        return new(
            full ? $"the disk is full: {failure.Message}" : failure.Message,
            full
                ? "room for the run folder and the environment's folder; files that were complete are untouched"
                : null,
            (full ? "make room, then " : "") + Again(run),
            failure
        );
    }

    /// <summary>It does not say how to go on, and it can be gone on with: a release that was taken back should not be.</summary>
    private static bool IsUnfinished(PipelineException failure) =>
        failure is { Next: null, ExitCode: ExitCode.Failed or ExitCode.Held };

    private static PipelineException WithNext(PipelineException failure, string? next) =>
        new(failure.ExitCode, failure.Message, failure.Expected, next, failure);
}
