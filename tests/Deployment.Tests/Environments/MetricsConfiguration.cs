using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

/// <summary><c>rollout.metrics</c>: who counts what the versions answer.</summary>
public class MetricsConfiguration
{
    private const string CloudWatch = """
        "loadBalancer": "app/azora/50dc6c495c0c9188",
        "targetGroups": { "blue": ["targetgroup/web-blue/943f017f100becff"], "green": ["targetgroup/web-green/73e2d6bc24d8a067"] }
        """;

    [Test]
    public void IsTheRouterUnlessSaid()
    {
        var metrics = Read("\"rollout\": {}");

        metrics.Source.ShouldBe(MetricsSourceKind.Router);
        metrics.LateTicks(TimeSpan.FromSeconds(10)).ShouldBe(0);
    }

    [Test]
    public void APrometheusNeedsItsUrlAlone()
    {
        var prometheus = Read(
            Metrics("\"source\": \"prometheus\", \"prometheus\": { \"url\": \"http://127.0.0.1:9090/base\" }")
        )
            .Prometheus.ShouldNotBeNull();

        prometheus.Url.ShouldBe(new Uri("http://127.0.0.1:9090/base"));
        prometheus.ArmBy.ShouldBe(ArmNaming.Slot);
        prometheus.ArmLabel.ShouldBe("slot");
        prometheus.StaleAfter.ShouldBe(TimeSpan.FromMinutes(1));
        prometheus.LatencyUnit.ShouldBe(TimeSpan.FromSeconds(1));
        prometheus.Queries.ShouldBe(new PrometheusQueries());
    }

    [Test]
    public void EachPartOfTheConventionCanBeReplaced()
    {
        var metrics = Read(
            Metrics(
                """
                "source": "prometheus",
                "prometheus": { "url": "https://p.example.com", "armBy": "version", "scrapeInterval": "30s",
                  "latencyUnit": "milliseconds", "queries": { "timeouts": "sum by ($arm) (gateway_timeouts{$arms})" } }
                """
            )
        );

        var prometheus = metrics.Prometheus.ShouldNotBeNull();
        prometheus.ArmLabel.ShouldBe("version");
        prometheus.LatencyUnit.ShouldBe(TimeSpan.FromMilliseconds(1));
        prometheus.Queries.ShouldBe(new PrometheusQueries { Timeouts = "sum by ($arm) (gateway_timeouts{$arms})" });
        metrics.LateTicks(TimeSpan.FromSeconds(10)).ShouldBe(7);
    }

    [Test]
    public void CloudWatchHasTheTimesOfALoadBalancer()
    {
        var metrics = Read(
            $"\"rollout\": {{ \"checkInterval\": \"1m\", \"metrics\": {{ \"source\": \"cloudwatch\", \"cloudwatch\": {{ {CloudWatch} }} }} }}"
        );

        var cloudWatch = metrics.CloudWatch.ShouldNotBeNull();
        cloudWatch.Namespace.ShouldBe("AWS/ApplicationELB");
        cloudWatch.Blue.ShouldBe(["targetgroup/web-blue/943f017f100becff"]);
        cloudWatch.Green.ShouldBe(["targetgroup/web-green/73e2d6bc24d8a067"]);
        (cloudWatch.Period, cloudWatch.Delay).ShouldBe((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)));
        metrics.LateTicks(TimeSpan.FromMinutes(1)).ShouldBe(4);
    }

    [TestCase("", "source: is missing, expected one of cloudwatch, prometheus, router")]
    [TestCase("\"source\": \"graphite\"", "source: is \"graphite\", expected one of cloudwatch, prometheus, router")]
    [TestCase("\"source\": \"prometheus\"", "prometheus: is missing, expected its url: the source is prometheus")]
    [TestCase(
        "\"source\": \"prometheus\", \"prometheus\": {}",
        "prometheus.url: is missing, expected the base of its HTTP API, e.g. \"http://127.0.0.1:9090\""
    )]
    [TestCase(
        "\"source\": \"prometheus\", \"prometheus\": { \"url\": \"http://u:hunter2@x/\" }",
        "prometheus.url: is not such a URL, expected a URL like \"https://example.com\" (or http://) without user, query and fragment"
    )]
    [TestCase(
        "\"source\": \"router\", \"prometheus\": { \"url\": \"http://x/\" }",
        "prometheus: stands here, but is not the source, expected source \"prometheus\", or leave prometheus out"
    )]
    [TestCase(
        "\"source\": \"prometheus\", \"prometheus\": { \"url\": \"http://x/\", \"armLabel\": \"a-b\" }",
        "prometheus.armLabel: is \"a-b\", expected a label of Prometheus like \"slot\" ([a-zA-Z_][a-zA-Z0-9_]*)"
    )]
    [TestCase(
        "\"source\": \"prometheus\", \"prometheus\": { \"url\": \"http://x/\", \"queries\": { \"requests\": \"sum(x)\" } }",
        "prometheus.queries.requests: is \"sum(x)\", expected a PromQL expression with $arms or $arm, without line breaks"
    )]
    [TestCase(
        "\"source\": \"prometheus\", \"prometheus\": { \"url\": \"http://x/\", \"queries\": { \"requests\": \"x{$arms} # y\" } }",
        "prometheus.queries.requests: is \"x{$arms} # y\", expected a PromQL expression with $arms or $arm, without line breaks"
    )]
    [TestCase(
        "\"source\": \"cloudwatch\", \"cloudwatch\": { \"loadBalancer\": \"arn:aws:x\" }",
        "cloudwatch.loadBalancer: is \"arn:aws:x\", expected the last part of its ARN like \"app/azora/50dc6c495c0c9188\""
    )]
    [TestCase(
        "\"source\": \"cloudwatch\", \"cloudwatch\": { \"loadBalancer\": \"app/azora/50dc6c495c0c9188\" }",
        "cloudwatch.targetGroups: is missing, expected the target groups of the slots blue and green"
    )]
    [TestCase(
        "\"source\": \"cloudwatch\", \"cloudwatch\": { \"loadBalancer\": \"app/azora/50dc6c495c0c9188\", \"targetGroups\": { \"blue\": [\"targetgroup/web/943f017f100becff\"], \"green\": [\"targetgroup/web/943f017f100becff\"] } }",
        "cloudwatch.targetGroups.green: shares targetgroup/web/943f017f100becff with blue, expected each target group in one slot"
    )]
    [TestCase(
        "\"source\": \"cloudwatch\", \"cloudwatch\": { \"loadBalancer\": \"app/azora/50dc6c495c0c9188\", \"targetGroups\": { \"blue\": [], \"green\": [\"targetgroup/web/943f017f100becff\"] } }",
        "cloudwatch.targetGroups.blue: names no target group, expected at least one target group"
    )]
    [TestCase(
        "\"source\": \"cloudwatch\", \"cloudwatch\": { \"period\": \"10s\" }",
        "cloudwatch.period: is 10s, expected whole minutes: a load balancer reports by the minute"
    )]
    public void IsRefused(string members, string error) =>
        SampleTree
            .ErrorsOf(SampleTree.WithDev(Metrics(members)))
            .ShouldContain($"{SampleTree.DevFile}: rollout.metrics.{error}");

    [Test]
    public void IsNotLookedAtMoreOftenThanCloudWatchHasSomethingNew() =>
        SampleTree
            .ErrorsOf(SampleTree.WithDev(Metrics($"\"source\": \"cloudwatch\", \"cloudwatch\": {{ {CloudWatch} }}")))
            .ShouldContain(
                $"{SampleTree.DevFile}: rollout.checkInterval: is 10s, expected at least rollout.metrics.cloudwatch.period (1m): there is nothing new to see before"
            );

    [TestCase("http://10.0.0.1:9090", true)]
    [TestCase("http://127.0.0.1:9090", false)]
    [TestCase("https://p.example.com", false)]
    public void ComesIntoProductionUnchanged(string url, bool isRefused) =>
        SampleTree
            .ErrorsOf(
                SampleTree.WithDev(
                    "\"isProduction\": true, "
                        + Metrics($"\"source\": \"prometheus\", \"prometheus\": {{ \"url\": \"{url}\" }}")
                )
            )
            .Any(error =>
                error.StartsWith(
                    $"{SampleTree.DevFile}: rollout.metrics.prometheus.url: is http",
                    StringComparison.Ordinal
                )
            )
            .ShouldBe(isRefused);

    private static string Metrics(string members) => $"\"rollout\": {{ \"metrics\": {{ {members} }} }}";

    private static MetricsSettings Read(string members) =>
        Configuration.Read(SampleTree.WithDev(members)).Demand().Environment("dev").Rollout.Metrics;
}
