using Slipway.Host;

namespace Slipway.Frosting.Tests.Programs;

internal sealed class RefusedCommandLine
{
    [Test]
    public void Exits_with_2_before_anything_is_made()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => host.UseCommandName("./build.sh").UseArguments([new("environment", "where")]));
        host.Run("--target=Depoly", "--target=D", "--enviroment=x", "--skip=Bb").ShouldBe(2);
        host.Error.ShouldBe(
            """
            error: unknown argument --enviroment; did you mean --environment?
            error: unknown target Depoly
            error: unknown task in --skip Bb
            next: ./build.sh --help (arguments), ./build.sh --description (targets)

            """
        );
        host.Script.Ran.ShouldBeEmpty();
        host.Out.ShouldBeEmpty();
    }

    [Test]
    public void An_unknown_target_is_answered_with_the_nearest()
    {
        using var host = HostUnderTest.With(typeof(Everything), typeof(A), typeof(B), typeof(C), typeof(D));
        host.Run("--target=all-of-ti").ShouldBe(2);
        host.Error.ShouldStartWith("error: unknown target all-of-ti; did you mean All-Of-It?");
    }

    [Test]
    public void No_target_and_no_default_lists_them()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Run().ShouldBe(2);
        host.Error.ShouldContain("no target is given");
        host.Error.ShouldContain("A  the first");
    }

    [Test]
    public void What_excludes_each_other_is_refused()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Run("--target=D", "--keep-going", "--fail-fast").ShouldBe(2);
        using var skipping = HostUnderTest.WithDiamond();
        skipping.Run("--target=D", "--skip=D").ShouldBe(2);
    }
}
