using Slipway.Canary;

namespace Slipway.Benchmarks.Rollouts;

/// <summary>How a rule judged a rollout.</summary>
/// <param name="Seconds">From the first weight to the abort; null when the rule let the rollout pass.</param>
/// <param name="FailedRequests">Candidate's failed requests until then.</param>
internal sealed record RuleEnd(double? Seconds, long FailedRequests, bool WasHeld);

/// <summary>Something that watches a rollout and may end it. Every rule sees the same ticks.</summary>
internal interface IRolloutRule
{
    string Name { get; }

    string Settings { get; }

    /// <summary>A judge for one rollout.</summary>
    IRolloutJudge Begin(CanaryPlan plan);
}

internal interface IRolloutJudge
{
    bool IsHeld { get; }

    /// <summary>Whether the rollout ends with this tick.</summary>
    /// <param name="time">Seconds since the first weight, at the end of the tick.</param>
    bool Aborts(CanaryTick tick, double time);
}

internal static class RolloutRules
{
    /// <summary>Sources of the settings: docs/rollout-comparison.md.</summary>
    public static IReadOnlyList<IRolloutRule> All { get; } =
    [
        new SlipwayRule(),
        new FlaggerRule("Flagger-like, fields left out", IntervalSeconds: 60, Threshold: 1),
        new FlaggerRule("Flagger-like, the documentation's example", IntervalSeconds: 60, Threshold: 10),
        new FlaggerRule("Flagger-like, as fast as it allows", IntervalSeconds: 10, Threshold: 1),
        new ArgoRule("Argo-like, background example", IntervalSeconds: 300, FailureLimit: 3, SuccessRate: 0.95),
        new ArgoRule(
            "Argo-like, count example, limit left out",
            IntervalSeconds: 60,
            FailureLimit: 0,
            SuccessRate: 0.95
        ),
        new ArgoRule("Argo-like, the same at 99 %", IntervalSeconds: 60, FailureLimit: 0, SuccessRate: 0.99),
    ];

    public static RuleEnd Judge(IRolloutRule rule, CanaryPlan plan, IEnumerable<CanaryTick> ticks)
    {
        var judge = rule.Begin(plan);
        var time = 0.0;
        var failed = 0L;
        var held = false;
        foreach (var tick in ticks)
        {
            time += tick.Stage >= 0 ? tick.Seconds : 0;
            failed += tick.Candidate?.Failed ?? 0;
            if (judge.Aborts(tick, time))
                return new(time, failed, held);
            held |= judge.IsHeld;
        }
        return new(null, failed, held);
    }
}

/// <summary>Our judge, with the settings that ship.</summary>
internal sealed class SlipwayRule : IRolloutRule
{
    public string Name => "Slipway";

    public string Settings => "as shipped: false aborts ≤ 1 % over the whole deployment, looks at every tick";

    public IRolloutJudge Begin(CanaryPlan plan) => new Judge(new CanaryJudge(plan));

    private sealed class Judge(CanaryJudge judge) : IRolloutJudge
    {
        public bool IsHeld { get; private set; }

        public bool Aborts(CanaryTick tick, double time)
        {
            var verdict = judge.Observe(tick);
            IsHeld = verdict.Kind == VerdictKind.Hold;
            return verdict.Kind == VerdictKind.Abort;
        }
    }
}
