using Cake.Core;
using Cake.Frosting;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Running;

internal sealed class ACancelledRun
{
    [Test]
    public void Lets_running_tasks_end_starts_nothing_and_tears_down()
    {
        using var cancel = new CancellationTokenSource();
        using var waiting = new ManualResetEventSlim();
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => host.UseCancellation(cancel.Token, CancellationToken.None).UseTeardown<Witness>());
        host.Doing(
            "A",
            context =>
            {
                cancel.CancelAfter(1);
                AFailedTask.WaitForCancellation(context, waiting);
            }
        );
        host.Run("--target=D").ShouldBe(130);
        host.Script.Ran.ShouldBe(["A"]);
        host.Result("A").Status.ShouldBe(TaskOutcome.Cancelled);
        host.Result("D").Status.ShouldBe(TaskOutcome.NotRun);
        host.Out.ShouldContain("teardown: False OperationCanceledException");
        host.Out.ShouldContain("The run was cancelled.");
        host.Timeline.ExitCode.ShouldBe(130);
    }

    [Test]
    public void Before_its_start_runs_nothing()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => host.UseCancellation(new CancellationToken(canceled: true), CancellationToken.None));
        host.Run("--target=D").ShouldBe(130);
        host.Script.Ran.ShouldBeEmpty();
    }

    [Test]
    public void After_the_last_task_is_none()
    {
        using var cancel = new CancellationTokenSource();
        using var host = HostUnderTest
            .With(typeof(X))
            .Using(host => host.UseCancellation(cancel.Token, CancellationToken.None))
            .Doing("X", _ => cancel.Cancel());
        host.Run("--target=X").ShouldBe(0);
    }

    [Test]
    public void By_force_does_not_wait_for_a_task_that_does_not_listen()
    {
        using var graceful = new CancellationTokenSource();
        using var force = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host =>
                host.UseCancellation(graceful.Token, force.Token, TimeSpan.FromMilliseconds(50)).UseTeardown<Witness>()
            )
            .Doing(
                "A",
                _ =>
                {
                    force.CancelAfter(1);
                    never.Wait(TimeSpan.FromSeconds(60));
                }
            );
        host.Run("--target=D").ShouldBe(130);
        never.Set();
        host.Out.ShouldContain("cancelled by force; it did not end in time");
        host.Out.ShouldContain("teardown: False");
    }

    [Test]
    public void By_force_does_not_wait_for_a_setup_either()
    {
        using var force = new CancellationTokenSource();
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host =>
                host.UseCancellation(CancellationToken.None, force.Token, TimeSpan.FromMilliseconds(50))
                    .UseSetup<EndlessSetup>()
            );
        force.CancelAfter(50);
        host.Run("--target=D").ShouldBe(130);
        host.Script.Ran.ShouldBeEmpty();
    }

    internal sealed class EndlessSetup : FrostingSetup
    {
        public override void Setup(ICakeContext context, ISetupContext info) => Thread.Sleep(TimeSpan.FromSeconds(60));
    }

    [Test]
    public void A_failure_before_the_cancellation_decides_the_exit_code()
    {
        using var cancel = new CancellationTokenSource();
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => host.UseCancellation(cancel.Token, CancellationToken.None))
            .Doing("B", _ => throw new CakeException(10, "rolled back"));
        host.Doing(
            "C",
            _ =>
            {
                SpinWait
                    .SpinUntil(() => host.Result("B").Status == TaskOutcome.Failed, TimeSpan.FromSeconds(20))
                    .ShouldBeTrue();
                cancel.Cancel();
            }
        );
        host.Run("--target=D", "--parallel=2").ShouldBe(10);
    }

    [Test]
    public void A_time_out_inside_a_task_is_a_failure_not_a_cancellation()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing("X", _ => throw new TaskCanceledException("the request timed out"));
        host.Run("--target=X").ShouldBe(1);
        host.Result("X").Status.ShouldBe(TaskOutcome.Failed);
    }

    internal sealed class Witness : FrostingTeardown
    {
        public override void Teardown(ICakeContext context, ITeardownContext info) =>
            Console.WriteLine($"teardown: {info.Successful} {info.ThrownException?.GetType().Name}");
    }
}
