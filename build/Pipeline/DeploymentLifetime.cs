using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Reports;
using Slipway.Rollouts;
using Slipway.Runs;

namespace Slipway.Pipeline;

/// <summary>Before a run: what it needs is here. After a run that did not succeed: users are served, and people are told.</summary>
public sealed class DeploymentLifetime : FrostingLifetime<DeploymentContext>
{
    public override void Setup(DeploymentContext context, ISetupContext info)
    {
        try
        {
            SetupAsync(context, [.. info.TasksToExecute.Select(task => task.Name)]).GetAwaiter().GetResult();
        }
        catch (PipelineException failure)
        {
            throw Failures.Of(failure);
        }
    }

    public override void Teardown(DeploymentContext context, ITeardownContext info)
    {
        try
        {
            if (!info.Successful)
                ConcludeAsync(context, info.ThrownException).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is PipelineException or IOException or UnauthorizedAccessException)
        {
            // The run has failed already; that its end could not be written down does not hide why.
            context.Log.Error("{0}", (failure as PipelineException)?.Explain() ?? failure.Message);
        }
        finally
        {
            context.Hold.ReleaseAsync().GetAwaiter().GetResult();
        }
    }

    private static async Task SetupAsync(DeploymentContext context, IReadOnlyCollection<string> targets)
    {
        var stages = RunPlan
            .Stages.Select(stage => stage.Name)
            .Append("Report")
            .Intersect(targets, StringComparer.Ordinal)
            .ToArray();
        if (stages.Length == 0)
        {
            await context.Machine.DemandAsync(
                targets,
                EngineKind.Process,
                mayInstall: false,
                context.Say,
                context.Cancellation
            );
            return;
        }
        // Opening the site refuses an environment that cannot be deployed to, before anything is there to clean up.
        var site = context.Site;
        context.CheckRequest();
        // A missing secret stops the run here; one that is there is masked before anything can print it.
        await context.SecretsAsync(context.Cancellation);
        await context.Machine.DemandAsync(
            targets,
            context.Engine,
            mayInstall: site.IsSandbox,
            context.Say,
            context.Cancellation
        );
        await site.PrepareAsync(context.Cancellation);
        // So are those of the infrastructure, once there is one: reading them makes them known.
        await site.DatabaseUrlAsync(context.Cancellation);
        context.Hold.Take(
            site.Claim(
                $"{context.Origin.Actor} ({string.Join(", ", stages.Take(1))}{(stages.Length > 1 ? " to " + stages[^1] : "")})"
            )
        );
        context.Hold.Take(site.Watch(text => context.Log.Warning("{0}", text)));
    }

    /// <summary>That the traffic could not be taken back is told; it does not keep the failure out of the history.</summary>
    private static async Task<string?> RestoreAsync(DeploymentContext context, Tools.RunFolder folder)
    {
        try
        {
            // A later wave that is held is no bad verdict about the regions before it.
            var isHeld = Runs.Peek<RolloutResult>(folder)?.Result == RolloutOutcome.Held;
            var done = await context.Recovery.RestoreServiceAsync(
                folder,
                keepPromoted: isHeld && !context.Cancellation.IsCancellationRequested
            );
            if (done is not null)
                context.Say(done);
            return done;
        }
        catch (PipelineException stuck)
        {
            context.Log.Error("{0}", stuck.Explain());
            return null;
        }
    }

    private static async Task ConcludeAsync(DeploymentContext context, Exception? thrown)
    {
        if (context.Runs.Opened is not { } folder || !folder.Has(Release.FileName))
            return;
        var cancelled = context.Cancellation.IsCancellationRequested;
        var done = await RestoreAsync(context, folder);
        var exitCode = (thrown as CakeException)?.ExitCode ?? 1;
        var status =
            cancelled ? DeploymentStatus.Cancelled
            : exitCode == (int)ExitCode.RolledBack || done is not null ? DeploymentStatus.RolledBack
            : DeploymentStatus.Failed;
        await context.Recovery.ConcludeAsync(folder, status, context.FailureOf(folder, thrown, cancelled));
        // A rollback, and a watch that ends with one, have reports of their own.
        if (folder.Has(FailureReport.FileName))
            context.Log.Error("{0}", $"failure report: {folder.PathOf(FailureReport.FileName)}");
    }
}
