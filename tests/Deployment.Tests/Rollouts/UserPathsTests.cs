using Slipway.Deployment.Tests.Environments;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>Synthetic users ask what users ask.</summary>
public sealed class UserPathsTests
{
    private static readonly EnvironmentConfiguration _product = new()
    {
        Name = "sandbox",
        Services =
        [
            new("web", "/health", ["/"]),
            new("api", "/api/health", ["/api"]),
            new("auth", "/auth/health", ["/auth"]),
            new("courses", "/api/courses/health", ["/api/courses"]),
        ],
        CriticalEndpoints =
        [
            new("front page", "/"),
            new("sign in", "/auth/anonymous", "POST", 201),
            new("courses", "/api/courses/all"),
            new("lessons", "/api/courses/lessons"),
        ],
    };

    [Test]
    public void AreTheCriticalEndpoints_AndAHealthPathOnlyWhereNoneReachesAService() =>
        UserPaths
            .OfTraffic(_product)
            .ShouldBe(["/", "/api/courses/all", "/api/courses/lessons", "/api/health", "/auth/health"]);

    [Test]
    public void BelongToTheServiceWithTheLongestPrefix() =>
        UserPaths
            .ByService(_product)
            .ToDictionary(pair => pair.Key, pair => string.Join(" ", pair.Value))
            .ShouldBe(
                new Dictionary<string, string> { ["web"] = "/", ["courses"] = "/api/courses/all /api/courses/lessons" },
                ignoreOrder: true
            );

    [Test]
    public void InTheSandbox_NoHealthPathIsAsked_BecauseEveryServiceHasAnEndpoint()
    {
        var sandbox = Configuration.Read(SampleTree.Shipped()).Demand().Environment("sandbox");

        var paths = UserPaths.OfTraffic(sandbox);

        paths.ShouldAllBe(path => !path.EndsWith("health", StringComparison.Ordinal));
        UserPaths.ByService(sandbox).Keys.ShouldBe(sandbox.Services.Select(service => service.Name), ignoreOrder: true);
    }
}
