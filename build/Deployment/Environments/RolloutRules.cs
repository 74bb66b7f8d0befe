using Slipway.Rollouts;

namespace Slipway.Environments;

/// <summary>A rollout climbs to 100 %, and each stage is long enough to be looked at.</summary>
internal static class RolloutRules
{
    public static void Check(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        if (environment.Rollout.Stages.IsEmpty)
        {
            errors.Add("rollout.stages", "is empty", "at least one stage, the last one with 100 percent");
            return;
        }
        CheckStages(environment.Rollout, errors);
        if (environment.Rollout.WarmUp.Requests is > 0 and var requests && requests < Settling.Fewest)
            errors.Add(
                "rollout.warmUp.requests",
                $"is {requests}",
                $"0 (no warm-up), or at least {Settling.Fewest}: fewer do not show that latency has settled"
            );
        if (environment.Health.Interval > environment.Health.Timeout)
            errors.Add(
                "health.interval",
                $"is {DurationText.Format(environment.Health.Interval)}",
                $"at most health.timeout ({DurationText.Format(environment.Health.Timeout)})"
            );
        CheckMetrics(environment, errors);
        if (environment is { IsProduction: true, Rollout.SyntheticRequestsPerSecond: > 0 })
            errors.Add(
                "rollout.syntheticRequestsPerSecond",
                "is not 0",
                "0 in production, where users bring the traffic"
            );
    }

    /// <summary>The stages climb to 100 %, and each can be looked at: also those that a region has of its own.</summary>
    internal static void CheckStages(RolloutSettings rollout, ConfigurationErrors errors)
    {
        EnvironmentRules.Unique(rollout.Stages.Select(stage => stage.Name), "rollout.stages", errors);
        for (var i = 0; i < rollout.Stages.Length; i++)
        {
            var stage = rollout.Stages[i];
            if (i > 0 && stage.TrafficPercentage <= rollout.Stages[i - 1].TrafficPercentage)
                errors.Add(
                    $"rollout.stages[{i}].trafficPercentage",
                    $"is {stage.TrafficPercentage}",
                    $"more than {rollout.Stages[i - 1].TrafficPercentage}, the percentage of the stage before"
                );
            if (stage.Duration < rollout.CheckInterval)
                errors.Add(
                    $"rollout.stages[{i}].duration",
                    $"is {DurationText.Format(stage.Duration)}",
                    $"at least one checkInterval ({DurationText.Format(rollout.CheckInterval)})"
                );
        }
        if (rollout.Stages[^1].TrafficPercentage != 100)
            errors.Add(
                $"rollout.stages[{rollout.Stages.Length - 1}].trafficPercentage",
                $"is {rollout.Stages[^1].TrafficPercentage}",
                "100 in the last stage"
            );
    }

    private static void CheckMetrics(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        var rollout = environment.Rollout;
        if (rollout.Metrics.Prometheus is { Url: { Scheme: "http", IsLoopback: false } } && environment.IsProduction)
            errors.Add(
                "rollout.metrics.prometheus.url",
                "is http",
                "https for a production environment: whoever changes the answer passes a bad release"
            );
        if (
            rollout.Metrics is { Source: MetricsSourceKind.CloudWatch, CloudWatch.Period: var period }
            && rollout.CheckInterval < period
        )
            errors.Add(
                "rollout.checkInterval",
                $"is {DurationText.Format(rollout.CheckInterval)}",
                $"at least rollout.metrics.cloudwatch.period ({DurationText.Format(period)}): there is nothing new to see before"
            );
    }
}
