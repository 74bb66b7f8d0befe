using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Deployment.Tests.Routing;

public class RouteTableTests
{
    private static readonly ImmutableArray<ServiceSettings> Product =
    [
        new("api_gateway", "/api/health", ["/", "/api"]),
        new("auth", "/auth/health", ["/auth"]),
        new("education", "/api/education/health", ["/api/education/"]),
    ];

    [TestCase("/", "api_gateway")]
    [TestCase("/index.html", "api_gateway")]
    [TestCase("/api/anything", "api_gateway")]
    [TestCase("/auth", "auth")]
    [TestCase("/auth/sign-in", "auth")]
    [TestCase("/authority", "api_gateway")]
    [TestCase("/api/education", "education")]
    [TestCase("/api/education/courses/1", "education")]
    [TestCase("/api/education/health", "education")]
    [TestCase("/api/educational", "api_gateway")]
    public void The_longest_prefix_wins(string path, string service) =>
        RouteTable.Of(Product).ServiceOf(path).ShouldBe(service);

    [Test]
    public void A_path_of_nobody_has_no_service() =>
        RouteTable.Of([new("auth", "/auth/health", ["/auth"])]).ServiceOf("/api").ShouldBeNull();

    [Test]
    public void Two_services_with_one_path_are_refused() =>
        Should
            .Throw<PipelineException>(() =>
                RouteTable.Of([new("a", "/a/health", ["/x"]), new("b", "/b/health", ["/x/"])])
            )
            .Message.ShouldBe("services: the path /x belongs to a and b");

    [TestCase("api")]
    [TestCase("/a b")]
    [TestCase("/a\n  server x 1.2.3.4")]
    [TestCase("/$(id)")]
    [TestCase("/a\"")]
    [TestCase("/a#b")]
    public void A_path_that_could_end_a_word_in_the_configuration_is_refused(string path) =>
        Should
            .Throw<PipelineException>(() => RouteTable.Of([new("a", "/health", [path])]))
            .Expected.ShouldBe("a path that begins with / and holds letters, digits and / - _ . ~ only");

    [TestCase(0, 0, 200)]
    [TestCase(5, 10, 190)]
    [TestCase(50, 100, 100)]
    [TestCase(100, 200, 0)]
    public void A_percentage_is_exact_in_weights(int percent, int candidate, int stable)
    {
        ShareWeights.Of(percent).ShouldBe((candidate, stable));
        ShareWeights.Share(candidate * 3, stable * 3).ShouldBe(percent);
    }

    [TestCase(-1)]
    [TestCase(101)]
    public void What_is_no_percentage_is_refused(int percent) =>
        Should.Throw<ArgumentOutOfRangeException>(() => ShareWeights.Of(percent));
}
