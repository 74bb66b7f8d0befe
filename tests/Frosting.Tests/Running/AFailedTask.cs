using Cake.Core;
using Cake.Frosting;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Running;

internal sealed class AFailedTask
{
    [Test]
    public void Stops_what_has_not_started_and_lets_the_rest_end()
    {
        using var host = HostUnderTest.With(typeof(A), typeof(B), typeof(C), typeof(D), typeof(X), typeof(XAfterC));
        using var failed = new ManualResetEventSlim();
        host.Doing("C", _ => failed.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue())
            .Doing(
                "B",
                _ =>
                {
                    failed.Set();
                    throw new CakeException("it broke");
                }
            );
        host.Run("--target=D,XAfterC", "--parallel=2").ShouldBe(1);
        host.Script.Ran.ToArray().ShouldBe(["A", "B", "C"], ignoreOrder: true);
        host.Result("C").Status.ShouldBe(TaskOutcome.Succeeded);
        host.Result("D").Reason.ShouldBe("B failed");
        host.Result("XAfterC").Reason.ShouldBe("the run stopped when B failed");
        host.Out.ShouldContain("FAILED: it broke");
        host.Out.ShouldContain("not run: B failed");
    }

    [Test]
    public void With_keep_going_stops_only_what_depends_on_it()
    {
        using var host = HostUnderTest.With(typeof(A), typeof(B), typeof(C), typeof(D), typeof(XAfterC)).Failing("B");
        host.Run("--target=D,XAfterC", "--keep-going", "--parallel=1").ShouldBe(1);
        host.Script.Ran.ShouldBe(["A", "B", "C", "XAfterC"]);
        host.Result("D").Status.ShouldBe(TaskOutcome.NotRun);
    }

    [Test]
    public void With_fail_fast_cancels_what_runs()
    {
        using var host = HostUnderTest.WithDiamond();
        using var waiting = new ManualResetEventSlim();
        host.Doing("C", context => WaitForCancellation(context, waiting))
            .Doing(
                "B",
                _ =>
                {
                    waiting.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
                    throw new CakeException(7, "it broke");
                }
            );
        host.Run("--target=D", "--fail-fast", "--parallel=2").ShouldBe(7);
        host.Result("C").Status.ShouldBe(TaskOutcome.Cancelled);
        host.Result("C").Reason.ShouldBe("cancelled: B failed");
    }

    [Test]
    public void All_failures_are_told_and_the_first_decides_the_exit_code()
    {
        using var host = HostUnderTest.WithDiamond();
        using var first = new ManualResetEventSlim();
        host.Doing("B", _ => throw new CakeException(11, "first"))
            .Doing(
                "C",
                _ =>
                {
                    // The other one has ended when the timeline says so.
                    SpinWait
                        .SpinUntil(() => host.Result("B").Status == TaskOutcome.Failed, TimeSpan.FromSeconds(20))
                        .ShouldBeTrue();
                    throw new CakeException(12, "second");
                }
            );
        host.Run("--target=D", "--parallel=2").ShouldBe(11);
        host.Out.ShouldContain("B failed: first");
        host.Out.ShouldContain("C failed: second");
        host.Result("D").Reason.ShouldBe("B failed; C failed");
    }

    [TestCase(0, 1)]
    [TestCase(256, 1)]
    [TestCase(13, 13)]
    public void Never_exits_with_a_code_that_a_shell_takes_for_success(int thrown, int expected)
    {
        using var host = HostUnderTest.With(typeof(X)).Doing("X", _ => throw new CakeException(thrown, "no"));
        host.Run("--target=X").ShouldBe(expected);
    }

    [Test]
    public void Is_translated_by_the_program()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing("X", _ => throw new AggregateException(new NotSupportedException("a freeze window is open")))
            .Using(host =>
                host.UseFailures(e => e is NotSupportedException ? new Failure(13, $"{e.Message}\n  next: wait") : null)
            );
        host.Run("--target=X").ShouldBe(13);
        host.Out.ShouldContain("X failed: a freeze window is open\n  next: wait\n");
    }

    [Test]
    public void Writes_its_stack_to_its_log_and_its_cause_to_the_console()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing("X", _ => throw new InvalidOperationException("outer", new IOException("inner")));
        host.Run("--target=X").ShouldBe(1);
        host.Out.ShouldContain("InvalidOperationException: outer\n  because: IOException: inner");
        host.Out.ShouldNotContain("   at ");
        host.Log("X").ShouldContain("   at ");
    }

    [Test]
    public void With_ContinueOnError_lets_the_run_be_green_but_says_so()
    {
        using var host = HostUnderTest.With(typeof(Tolerated), typeof(AfterTolerated));
        host.Run("--target=AfterTolerated").ShouldBe(0);
        host.Script.Ran.ShouldBe(["AfterTolerated"]);
        host.Result("Tolerated").Status.ShouldBe(TaskOutcome.FailedContinued);
        host.Out.ShouldContain("FAILED, the run went on: tolerated");
    }

    [Test]
    public void Does_not_turn_green_because_OnError_returns()
    {
        using var host = HostUnderTest.With(typeof(Swallowing));
        host.Run("--target=Swallowing").ShouldBe(9);
        host.Log("Swallowing").ShouldContain("swallowed");
        host.Log("Swallowing").ShouldContain("finally");
    }

    [Test]
    public void May_become_another_failure_in_OnError_and_keeps_the_first_in_its_log()
    {
        using var host = HostUnderTest.With(typeof(Translating));
        host.Run("--target=Translating").ShouldBe(5);
        host.Log("Translating").ShouldContain("before that: System.IO.IOException: the cause");
    }

    [Test]
    public void A_failing_Finally_fails_the_task()
    {
        using var host = HostUnderTest.With(typeof(FailingFinally));
        host.Run("--target=FailingFinally").ShouldBe(4);
    }

    [Test]
    public void A_task_that_cannot_be_made_fails_like_any_other()
    {
        using var host = HostUnderTest.With(typeof(Unmakeable));
        host.Run("--target=Unmakeable").ShouldBe(1);
        host.Out.ShouldContain("Unable to resolve service");
    }

    internal static void WaitForCancellation(ICakeContext context, ManualResetEventSlim waiting)
    {
        var token = ((RunCancellation)context.ServiceProvider.GetService(typeof(RunCancellation))!).Token;
        waiting.Set();
        token.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        token.ThrowIfCancellationRequested();
    }

    [IsDependentOn(typeof(C))]
    internal sealed class XAfterC(Script script) : Scripted(script);

    [ContinueOnError]
    internal sealed class Tolerated : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException("tolerated");
    }

    [IsDependentOn(typeof(Tolerated))]
    internal sealed class AfterTolerated(Script script) : Scripted(script);

    internal sealed class Swallowing : FrostingTask
    {
        public override void Run(ICakeContext context) => throw new CakeException(9, "no");

        public override void OnError(Exception exception, ICakeContext context) => Console.WriteLine("swallowed");

        public override void Finally(ICakeContext context) => Console.WriteLine("finally");
    }

    internal sealed class Translating : AsyncFrostingTask
    {
        public override async Task RunAsync(ICakeContext context)
        {
            await Task.Yield();
            throw new IOException("the cause");
        }

        public override void OnError(Exception exception, ICakeContext context) =>
            throw new CakeException(5, "translated");
    }

    internal sealed class FailingFinally : FrostingTask
    {
        public override void Finally(ICakeContext context) => throw new CakeException(4, "in finally");
    }

    internal sealed class Unmakeable(StringComparer comparer) : FrostingTask
    {
        public override void Run(ICakeContext context) => comparer.ToString();
    }
}
