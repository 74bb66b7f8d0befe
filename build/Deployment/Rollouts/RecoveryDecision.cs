using System.Collections.Immutable;
using Slipway.Environments;

namespace Slipway.Rollouts;

public enum RecoveryAction
{
    /// <summary>Start the candidate in the free arm (what is left of an earlier one is replaced).</summary>
    Start,

    /// <summary>Nothing serves yet: the candidate gets all traffic once it is healthy.</summary>
    StartFirst,

    /// <summary>The candidate runs and has traffic: go on at <see cref="RecoveryDecision.Stage"/>.</summary>
    Continue,

    /// <summary>Something has traffic that must not: all of it to the stable version first, then as <see cref="Start"/>.</summary>
    RetreatThenStart,

    /// <summary>This deployment serves already as the stable version.</summary>
    Finished,

    /// <summary>Whatever is done would take the only serving version away: a person must say.</summary>
    Refuse,
}

/// <summary>
/// What a rollout does with the world as it finds it: after a crash, a power loss, or a fresh start. Made from the
/// router's and the workload's own words; no file is asked. It goes on at the last confirmed weight or lower.
/// </summary>
/// <param name="Stage">Index of the stage to enter; 0 unless <see cref="RecoveryAction.Continue"/>.</param>
public sealed record RecoveryDecision(RecoveryAction Action, int Stage, string Reason)
{
    /// <summary>Routers round weights; less than this is no traffic.</summary>
    private const double NoShare = 0.5;

    public static RecoveryDecision Of(
        RouterState router,
        ArmState stable,
        ArmState candidate,
        string deploymentId,
        ImmutableArray<RolloutStage> stages
    )
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(stable);
        ArgumentNullException.ThrowIfNull(candidate);
        var share = router.CandidateShare;
        var hasTraffic = share >= NoShare;
        var isOurs = candidate.DeploymentId == deploymentId;
        var isWhole = candidate.InstancesWanted > 0 && candidate.InstancesAlive >= candidate.InstancesWanted;
        if (stable.Version is not null && stable.DeploymentId == deploymentId)
            return new(RecoveryAction.Finished, 0, "this deployment serves already");
        if (stable.Version is null)
        {
            return hasTraffic && !isOurs && candidate.InstancesAlive > 0
                ? Refuse(candidate, "it serves, and there is no stable version")
                : new(RecoveryAction.StartFirst, 0, "no version serves yet: there is nothing to compare with");
        }
        if (candidate.Version is null || candidate.InstancesAlive == 0)
        {
            return hasTraffic
                ? new(
                    RecoveryAction.RetreatThenStart,
                    0,
                    $"the router gives {share:0.#} % to a candidate that does not run"
                )
                : new(RecoveryAction.Start, 0, "the stable version has all traffic");
        }
        if (!hasTraffic)
            return new(RecoveryAction.Start, 0, "the stable version has all traffic");
        if (!isOurs)
        {
            return stable.InstancesAlive > 0
                ? new(
                    RecoveryAction.RetreatThenStart,
                    0,
                    $"deployment {candidate.DeploymentId} left {share:0.#} % at its candidate"
                )
                : Refuse(candidate, $"it has {share:0.#} % of the traffic, and the stable version is dead");
        }
        if (!isWhole && stable.InstancesAlive > 0)
        {
            return new(
                RecoveryAction.RetreatThenStart,
                0,
                $"only {candidate.InstancesAlive} of {candidate.InstancesWanted} instances of the candidate run"
            );
        }
        var stage = Enumerable
            .Range(0, stages.Length)
            .LastOrDefault(i => stages[i].TrafficPercentage <= share + NoShare);
        return new(RecoveryAction.Continue, stage, $"the candidate runs with {share:0.#} %");
    }

    private static RecoveryDecision Refuse(ArmState candidate, string why) =>
        new(RecoveryAction.Refuse, 0, $"deployment {candidate.DeploymentId} is not finished: {why}");
}
