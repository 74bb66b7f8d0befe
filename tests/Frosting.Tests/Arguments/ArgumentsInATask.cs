using Cake.Common;
using Cake.Core;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Arguments;

/// <summary>Read as every Cake build reads them.</summary>
internal sealed class ArgumentsInATask
{
    [Test]
    public void Are_Cakes()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Using(host =>
                host.UseArguments([
                    new("environment", "where") { Default = "sandbox" },
                    new("regions", "which") { Kind = ArgumentKind.List },
                    new("force", "anyway") { Kind = ArgumentKind.Flag },
                    new("other", "not given"),
                    new("version", "tag"),
                ])
            );
        ICakeArguments? arguments = null;
        host.Doing(
            "X",
            context =>
            {
                arguments = context.Arguments;
                context.Argument<bool>("force", false).ShouldBeTrue();
                context.Argument("other", "fallback").ShouldBe("fallback");
                context.Argument("environment", "fallback").ShouldBe("sandbox");
                context.Argument<string>("VERSION").ShouldBe("v1.2.3");
            }
        );
        host.Run("--target=X", "--force", "--regions=us-east,eu-west", "--version=v1.2.3").ShouldBe(0);
        arguments.ShouldNotBeNull();
        arguments.GetArguments("regions").ShouldBe(["us-east", "eu-west"]);
        arguments.GetArguments("target").ShouldBe(["X"]);
        arguments.HasArgument("environment").ShouldBeFalse();
        arguments.HasArgument("other").ShouldBeFalse();
        arguments
            .GetArguments()
            .Keys.ShouldBe(["target", "force", "regions", "version", "environment"], ignoreOrder: true);
    }
}
