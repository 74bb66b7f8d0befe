using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Rollbacks;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <param name="TagCommit">What the environment's tag names now; null when there is no tag.</param>
/// <param name="Serving">For the switch: what was looked at when it was decided.</param>
public sealed record DecidedRollback(
    RollbackSelection Selection,
    RollbackPlan Plan,
    string Reason,
    string? TagCommit,
    ImmutableArray<Serving> Serving
);

/// <summary>Finds out where an environment can go back to, shows it, and asks.</summary>
public sealed class RollbackChoice(DeploymentContext context)
{
    private Request Request => context.Request;

    /// <exception cref="PipelineException">There is no way back, it is too late, or nobody said yes.</exception>
    public async Task<DecidedRollback> MakeAsync(CancellationToken cancellation)
    {
        var sides = await context.Site.LookAsync(Request.Region, cancellation);
        foreach (var side in sides)
            await DemandNoRolloutAsync(side, cancellation);
        var serving = sides.Single();
        var stable = await serving.Workload.ReadAsync(Arm.Stable, cancellation);
        var warm = await serving.Workload.ReadAsync(Arm.Candidate, cancellation);
        var ledger = await context.Ledger.ReadAsync(cancellation);
        if (!ledger.IsSound && !Request.Force)
            throw new PipelineException(
                $"the ledger does not say for sure what was deployed:\n{string.Join('\n', ledger.Findings)}",
                "a history that nobody touched",
                "if users cannot wait: --force --reason=\"…\""
            );
        var tags = await context.Releases.RemoteTagsAsync(cancellation);
        var project = context.SubProject.Path;
        var pointer = tags.Pointer(context.Destination.Name, project)?.CommitSha;
        var current =
            RollbackPlan.CurrentOf(
                stable.Version,
                RollbackPlan.TaggedBy(ledger, pointer, tags.CurrentVersion(context.Destination.Name, project))
            )
            ?? throw new PipelineException(
                $"nothing was deployed to {context.Destination.Name}: there is nothing to take back",
                next: $"./build.sh --target=Status --environment={context.Destination.Name}"
            );
        var selection = RollbackSelection.Of(current, tags, ledger, Request.ExcludeUnstable);
        var asked = Request.Version is { } version ? ProjectVersion.Parse(version) : null;
        var plan = RollbackPlan.Of(selection, asked, ledger, stable, warm, Request.Cold);
        foreach (var line in RollbackText.Of(selection, plan, Request.RestoreDatabase, context.Time.GetUtcNow()))
            context.WriteResult(line);
        plan.DemandWindow(context.Time.GetUtcNow(), Request.Force);
        if (Request.RestoreDatabase && plan.Restorable is null)
            throw new PipelineException(
                $"no backup is recorded that holds the database as {plan.To.Version} knew it",
                "a deployment after it, with a backup",
                "leave --restore-database out"
            );
        return new(selection, plan, Ask(plan, cancellation), pointer, sides);
    }

    private static async Task DemandNoRolloutAsync(Serving serving, CancellationToken cancellation)
    {
        if ((await serving.Router.ReadAsync(cancellation)).CandidateShare > 0)
            throw new PipelineException(
                "a rollout has not ended: its candidate has traffic",
                "one version with all of it",
                "./build.sh --target=Abort, then this again"
            );
    }

    /// <returns>Why, for the record.</returns>
    private string Ask(RollbackPlan plan, CancellationToken cancellation)
    {
        if (Request.Yes)
            return Request.Reason!;
        if (context.Host.Ask is not { } ask)
            throw new PipelineException(
                ExitCode.Held,
                $"going back from {plan.From} to {plan.To.Version} needs a person's yes",
                "a terminal, or --yes",
                "--yes --reason=\"why\""
            );
        var answer = ask($"Go back to {plan.To.Version}? Type its name to do it:", cancellation)?.Trim();
        if (answer != plan.To.Version.FullVersion)
            throw new PipelineException(ExitCode.Held, "not confirmed: nothing was changed");
        return Request.Reason
            ?? (
                ask("Why? It stands in the record:", cancellation) is { } why && !string.IsNullOrWhiteSpace(why)
                    ? why.Trim()
                    : null
            )
            ?? throw new PipelineException(ExitCode.Held, "no reason was given: nothing was changed");
    }
}
