using System.Collections.Immutable;
using NUnit.Framework;
using Shouldly;
using Slipway.Environments;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests.Environments;

public sealed class WavesOfAnEnvironment
{
    [Test]
    public void WithoutRegionsThereIsOneNamelessWave() => With().Waves().ShouldBe([null]);

    [Test]
    public void TheyFollowTheirOrder_ThenTheirNames() =>
        With(("us-west", 2), ("eu-west", 2), ("us-east", 1)).Waves().ShouldBe(["us-east", "eu-west", "us-west"]);

    [Test]
    public void OneIsAskedFor() => With(("us-east", 1), ("eu-west", 2)).Waves("eu-west").ShouldBe(["eu-west"]);

    [Test]
    public void AnUnknownOneIsRefusedWithTheValidOnes()
    {
        var refused = Should.Throw<PipelineException>(() => With(("us-east", 1), ("eu-west", 2)).Waves("eu-wset"));
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        refused.Message.ShouldBe("there is no region \"eu-wset\" in staging");
        refused.Expected.ShouldBe("one of us-east, eu-west");
        refused.Next.ShouldBe("--region=eu-west");
    }

    [Test]
    public void OneOfAnEnvironmentWithoutRegionsIsRefused()
    {
        var refused = Should.Throw<PipelineException>(() => With().Waves("eu-west"));
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        refused.Message.ShouldBe("staging has no regions, so --region=eu-west says nothing");
        refused.Next.ShouldBe("leave --region out");
    }

    private static EnvironmentConfiguration With(params (string Name, int Order)[] regions) =>
        new()
        {
            Name = "staging",
            Regions =
            [
                .. regions.Select(region => new RegionConfiguration(
                    region.Name,
                    ImmutableSortedDictionary<string, string>.Empty,
                    region.Order
                )),
            ],
        };
}
