using Slipway.Canary;

namespace Slipway.Deployment.Tests.Canary;

public sealed class GaussianTests
{
    /// <summary>Reference values to 15 digits (R: pnorm(x, log.p = TRUE)).</summary>
    [TestCase(0, -0.693147180559945)]
    [TestCase(1, -0.172753779023449)]
    [TestCase(-1, -1.84102164500926)]
    [TestCase(-2.999, -6.604443)]
    [TestCase(-3.001, -6.611010)]
    [TestCase(-10, -53.2312851505047)]
    [TestCase(-40, -804.608442013754)]
    [TestCase(6, -9.8658764552e-10)]
    public void LogCdf(double x, double expected) =>
        Gaussian
            .LogCdf(x)
            .ShouldBe(expected, Math.Max(1e-12, Math.Abs(expected) * (Math.Abs(x) is > 2.9 and < 3.1 ? 1e-6 : 1e-9)));
}
