using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Rollbacks;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Pipeline;

/// <param name="TagCommit">What the environment's tag names now; null when there is no tag.</param>
/// <param name="Regions">For the switch: what was looked at when it was decided, in the order of the waves, and how each goes back.</param>
public sealed record DecidedRollback(
    RollbackSelection Selection,
    RollbackPlan Plan,
    string Reason,
    string? TagCommit,
    ImmutableArray<(Serving Serving, RollbackPlan Plan)> Regions
);

/// <summary>Finds out where an environment can go back to, shows it, and asks.</summary>
public sealed class RollbackChoice(DeploymentContext context)
{
    private Request Request => context.Request;

    /// <exception cref="PipelineException">There is no way back, it is too late, or nobody said yes.</exception>
    public Task<DecidedRollback> MakeAsync(CancellationToken cancellation) =>
        ChooseAsync(
            Request.Region,
            Request.Version is { } version ? ProjectVersion.Parse(version) : null,
            Request.Force,
            plan => Ask(plan, cancellation),
            cancellation
        );

    /// <summary>A rollback that a watch has decided and switched: nobody is asked, and a doubtful history does not stop it.</summary>
    public Task<DecidedRollback> DecideAsync(
        string? region,
        ProjectVersion to,
        string reason,
        CancellationToken cancellation
    ) => ChooseAsync(region, to, force: true, _ => reason, cancellation);

    private async Task<DecidedRollback> ChooseAsync(
        string? region,
        ProjectVersion? asked,
        bool force,
        Func<RollbackPlan, string> ask,
        CancellationToken cancellation
    )
    {
        var sides = await context.Site.LookAsync(region, cancellation);
        foreach (var side in sides)
            await DemandNoRolloutAsync(side, cancellation);
        var arms = ImmutableArray.CreateBuilder<(ArmState Stable, ArmState Warm)>();
        foreach (var side in sides)
            arms.Add(
                (
                    await side.Workload.ReadAsync(Arm.Stable, cancellation),
                    await side.Workload.ReadAsync(Arm.Candidate, cancellation)
                )
            );
        var ledger = await context.Ledger.ReadAsync(cancellation);
        if (!ledger.IsSound && !force)
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
                arms.Select(one => one.Stable.Version).Max(),
                RollbackPlan.TaggedBy(ledger, pointer, tags.CurrentVersion(context.Destination.Name, project))
            )
            ?? throw new PipelineException(
                $"nothing was deployed to {context.Destination.Name}: there is nothing to take back",
                next: $"./build.sh --target=Status --environment={context.Destination.Name}"
            );
        var selection = RollbackSelection.Of(current, tags, ledger, Request.ExcludeUnstable);
        // The region that has what is taken back decides where to; the others go to the same version in their own way.
        var (stable, warm) = arms.FirstOrDefault(one => one.Stable.Version == current, arms[0]);
        var plan = RollbackPlan.Of(selection, asked, ledger, stable, warm, Request.Cold);
        ImmutableArray<(Serving Serving, RollbackPlan Plan)> regions =
        [
            .. sides.Zip(
                arms,
                (side, one) =>
                    (side, RollbackPlan.Of(selection, plan.To.Version, ledger, one.Stable, one.Warm, Request.Cold))
            ),
        ];
        var named = regions
            .Where(region => region.Serving.Region is not null)
            .Select(region => new RegionRollback(region.Serving.Region!, region.Plan));
        foreach (
            var line in RollbackText.Of(selection, plan, Request.RestoreDatabase, context.Time.GetUtcNow(), [.. named])
        )
            context.WriteResult(line);
        plan.DemandWindow(context.Time.GetUtcNow(), force);
        if (Request.RestoreDatabase && plan.Restorable is null)
            throw new PipelineException(
                $"no backup is recorded that holds the database as {plan.To.Version} knew it",
                "a deployment after it, with a backup",
                "leave --restore-database out"
            );
        return new(selection, plan, ask(plan), pointer, regions);
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
