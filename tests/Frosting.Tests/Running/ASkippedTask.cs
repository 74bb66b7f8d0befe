using Slipway.Host;

namespace Slipway.Frosting.Tests.Running;

internal sealed class ASkippedTask
{
    [Test]
    public void Says_why_and_lets_what_depends_on_it_run()
    {
        using var host = HostUnderTest.WithDiamond().Skipping("B", "there is no APK in this sub-project");
        host.Run("--target=D").ShouldBe(0);
        host.Script.Ran.ToArray().ShouldBe(["A", "C", "D"], ignoreOrder: true);
        host.Out.ShouldContain("B │ skipped: there is no APK in this sub-project\n");
        host.Out.ShouldMatch(@"B +\S+ s +\S+ s +skipped: there is no APK in this sub-project\n");
        host.Result("B").Reason.ShouldBe("there is no APK in this sub-project");
        host.Log("B").ShouldContain("there is no APK");
    }

    [Test]
    public void That_gives_no_reason_is_told_to_be_so()
    {
        using var host = HostUnderTest.WithDiamond().Skipping("B", null);
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("the task gave no reason");
    }

    [Test]
    public void Fails_the_run_when_it_is_the_target()
    {
        using var host = HostUnderTest.WithDiamond().Skipping("D", "nothing to do");
        host.Run("--target=D").ShouldBe(1);
        host.Out.ShouldContain("Could not reach target 'D' since it was skipped: nothing to do");
    }

    [Test]
    public void May_be_the_target_where_the_program_says_so()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Skipping("D", "it is done")
            .Using(host => host.AllowSkippedTarget());
        host.Run("--target=D").ShouldBe(0);
        host.Result("D").Status.ShouldBe(TaskOutcome.Skipped);
    }

    [Test]
    public void That_is_not_skipped_prints_what_it_said()
    {
        using var host = HostUnderTest.With(typeof(Talking));
        host.Run("--target=Talking").ShouldBe(0);
        host.Out.ShouldStartWith("asked\nran\n");
    }

    internal sealed class Talking : Cake.Frosting.FrostingTask
    {
        public override bool ShouldRun(Cake.Core.ICakeContext context)
        {
            Console.WriteLine("asked");
            return true;
        }

        public override void Run(Cake.Core.ICakeContext context) => Console.WriteLine("ran");
    }
}
