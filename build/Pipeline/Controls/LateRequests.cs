using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// Requests of people after the promotion, in the process that deploys: an abort is obeyed until the deployment is being
/// recorded, everything else is too late. The one who aborts switches the traffic himself, at the router; this process
/// only has to learn of it, so that it does not go on with a version that does not serve.
/// </summary>
public sealed class LateRequests(DeploymentContext context, RunFolder folder)
{
    /// <summary>How long the one who aborts may take to switch; he may have died over it.</summary>
    private static readonly TimeSpan SwitchedWithin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly RolloutRequests _requests = new(folder);
    private readonly RolloutStateFile _state = new(
        folder.PathOf(RolloutRecorder.StateFileOf(folder.Read<Release>().Region ?? context.Site.Waves[^1])),
        context.Workbench.Redactor.Redact
    );

    /// <summary>Does the work of a stage while it listens; an abort ends the work.</summary>
    /// <exception cref="PipelineException">Aborted: who and why (exit 10).</exception>
    public async Task<T> WhileAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var doing = work(ended.Token);
        var listening = ListenAsync(ended.Token);
        await Task.WhenAny(doing, listening);
        await ended.CancelAsync();
        var abort = await listening;
        if (abort is null)
            return await doing;
        try
        {
            await doing;
        }
        catch (Exception cut) when (cut is PipelineException or OperationCanceledException or IOException)
        {
            // What was cut short says nothing about the version.
        }
        throw await AbortedAsync(abort);
    }

    /// <summary>
    /// From here on the deployment is being recorded: no request is obeyed any more. It is said first and looked for
    /// requests afterwards; whoever aborts asks first and looks afterwards whether it was said. So one of the two
    /// always sees the other.
    /// </summary>
    /// <exception cref="PipelineException">Aborted just before, or the version does not serve (exit 10).</exception>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        await WriteAsync(state => state with { IsClosed = true }, cancellation);
        if (await TakeAbortAsync() is { } abort)
            throw await AbortedAsync(abort);
        foreach (var side in await SidesAsync(cancellation))
        {
            var serving = await side.Workload.ReadAsync(Arm.Stable, cancellation);
            if (serving.DeploymentId != folder.DeploymentId)
                throw new PipelineException(
                    ExitCode.RolledBack,
                    side.Say(
                        $"{serving.Version?.FullVersion ?? "no version"} serves, not the version of this deployment: it was taken back"
                    ),
                    "the version that is recorded serves",
                    $"./build.sh --target=Status --environment={context.Destination.Name}"
                );
        }
    }

    private async Task<ControlRequest?> ListenAsync(CancellationToken ended)
    {
        try
        {
            while (true)
            {
                if (await TryTakeAbortAsync() is { } abort)
                    return abort;
                await Task.Delay(Glance, context.Time, ended);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A disk that cannot be read keeps nobody from being served: it is tried again.</summary>
    private async Task<ControlRequest?> TryTakeAbortAsync()
    {
        try
        {
            return await TakeAbortAsync();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Not to be cancelled: a request that was taken is obeyed or answered.</summary>
    private async Task<ControlRequest?> TakeAbortAsync()
    {
        while (await _requests.TakeAsync(CancellationToken.None) is { } request)
        {
            if (request.Kind == ControlKind.Abort && folder.Read<Release>().PreviousVersion is not null)
                return request;
            await AnswerAsync(
                request,
                false,
                request.Kind == ControlKind.Abort
                    ? $"not aborted {request.ByWhom}: no version served before, so there is none to go back to"
                    : $"too late {request.ByWhom}: every stage has passed"
            );
        }
        return null;
    }

    private async Task<PipelineException> AbortedAsync(ControlRequest abort)
    {
        var text = $"aborted {abort.ByWhom}";
        var asked = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(asked) < SwitchedWithin && await ServesAsync())
            await Task.Delay(Glance, context.Time, CancellationToken.None);
        await AnswerAsync(abort, true, text);
        return new(ExitCode.RolledBack, text, next: "mend what it was aborted for, and deploy the next version");
    }

    private async Task<bool> ServesAsync()
    {
        try
        {
            foreach (var side in await SidesAsync(CancellationToken.None))
                if (
                    (await side.Workload.ReadAsync(Arm.Stable, CancellationToken.None)).DeploymentId
                    == folder.DeploymentId
                )
                    return true;
        }
        catch (PipelineException)
        {
            return true; // a router that does not answer has switched nothing as far as anybody knows
        }
        return false;
    }

    private Task<ImmutableArray<Serving>> SidesAsync(CancellationToken cancellation) =>
        context.Site.LookAsync(folder.Read<Release>().Region, cancellation);

    private Task AnswerAsync(ControlRequest request, bool obeyed, string text) =>
        WriteAsync(
            state =>
                state with
                {
                    Message = text,
                    Answered = new(request.Id, request.Kind, obeyed, text, context.Time.GetUtcNow()),
                },
            CancellationToken.None
        );

    /// <summary>A disk that refuses takes the answer from the one who asked, not the deployment from its users.</summary>
    private async Task WriteAsync(Func<RolloutState, RolloutState> change, CancellationToken cancellation)
    {
        var release = folder.Read<Release>();
        var state =
            _state.TryRead()
            ?? new RolloutState
            {
                Phase = RolloutPhase.Promoted,
                DeploymentId = folder.DeploymentId,
                Candidate = release.Version,
                Stable = release.PreviousVersion,
            };
        try
        {
            await _state.WriteAsync(change(state) with { At = context.Time.GetUtcNow() }, cancellation);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            context.Say($"Status and the controls cannot follow this deployment: {refused.Message}");
        }
    }
}
