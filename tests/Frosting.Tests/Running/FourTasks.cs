using Slipway.Host;

namespace Slipway.Frosting.Tests.Running;

/// <summary>A, then B and C, then D.</summary>
internal sealed class FourTasks
{
    [Test]
    public void Run_after_what_they_depend_on()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Run("--target=D").ShouldBe(0);
        host.Script.Ran.ToArray().ShouldBe(["A", "B", "C", "D"], ignoreOrder: true);
        host.Script.Ran.First().ShouldBe("A");
        host.Script.Ran.Last().ShouldBe("D");
    }

    [Test]
    public void Independent_ones_run_at_the_same_time()
    {
        using var host = HostUnderTest.WithDiamond();
        using var together = new Barrier(2);
        host.Doing("B", _ => together.SignalAndWait(TimeSpan.FromSeconds(20)).ShouldBeTrue())
            .Doing("C", _ => together.SignalAndWait(TimeSpan.FromSeconds(20)).ShouldBeTrue());
        host.Run("--target=D", "--parallel=2").ShouldBe(0);
        host.Result("B").Lane.ShouldNotBe(host.Result("C").Lane);
    }

    [Test]
    public void One_at_a_time_with_parallel_1()
    {
        using var host = HostUnderTest.WithDiamond();
        var running = 0;
        foreach (var task in new[] { "A", "B", "C", "D" })
        {
            host.Doing(
                task,
                _ =>
                {
                    Interlocked.Increment(ref running).ShouldBe(1);
                    Thread.Sleep(20);
                    Interlocked.Decrement(ref running);
                }
            );
        }

        host.Run("--target=D", "--parallel=1").ShouldBe(0);
        host.Script.Ran.ShouldBe(["A", "B", "C", "D"]);
        host.Timeline.Tasks.ShouldAllBe(task => task.Lane == 0);
    }

    [Test]
    public void Those_that_share_a_resource_never_overlap()
    {
        using var host = HostUnderTest
            .With(typeof(X), typeof(Y), typeof(Z))
            .Using(host => host.UseExclusiveResource("database", "X", "Y"));
        var running = 0;
        void Alone(Cake.Core.ICakeContext _)
        {
            Interlocked.Increment(ref running).ShouldBe(1);
            Thread.Sleep(50);
            Interlocked.Decrement(ref running);
        }

        host.Doing("X", Alone).Doing("Y", Alone);
        host.Run("--target=Z", "--parallel=4").ShouldBe(0);
    }

    [Test]
    public void The_one_with_the_longest_way_to_go_starts_first()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => host.UseDurations(() => new Dictionary<string, double> { ["B"] = 1, ["C"] = 30 }));
        host.Run("--target=D", "--parallel=1").ShouldBe(0);
        host.Script.Ran.ShouldBe(["A", "C", "B", "D"]);
    }

    [Test]
    public void Exclusive_runs_the_target_alone()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Run("--target=D", "--exclusive").ShouldBe(0);
        host.Script.Ran.ShouldBe(["D"]);
    }

    [Test]
    public void Targets_run_in_the_order_typed_and_shared_tasks_once()
    {
        using var host = HostUnderTest.With(typeof(A), typeof(B), typeof(C), typeof(D), typeof(X));
        host.Doing("X", _ => Thread.Sleep(100));
        host.Run("--target=X,C", "--target=B", "--parallel=4").ShouldBe(0);
        host.Script.Ran.ShouldBe(["X", "A", "C", "B"]);
    }

    [Test]
    public void Those_left_out_do_not_run_and_what_depends_on_them_does()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Run("--target=D", "--skip=B,C").ShouldBe(0);
        host.Script.Ran.ShouldBe(["A", "D"]);
        host.Result("B").Reason.ShouldBe("--skip");
        host.Out.ShouldContain("B skipped: --skip");
    }

    [Test]
    public void An_aggregate_needs_no_thread_and_stands_in_no_table()
    {
        using var host = HostUnderTest.With(typeof(Everything), typeof(A), typeof(B), typeof(C), typeof(D));
        host.Run("--target=All-Of-It").ShouldBe(0);
        host.Result("All-Of-It").Status.ShouldBe(TaskOutcome.Aggregate);
        host.Out.ShouldNotContain("All-Of-It");
    }

    [Test]
    public void Six_blocking_tasks_need_no_thread_pool()
    {
        using var host = HostUnderTest.With(typeof(X), typeof(Y), typeof(Z));
        var pool = new System.Collections.Concurrent.ConcurrentBag<bool>();
        foreach (var task in new[] { "X", "Y", "Z" })
        {
            host.Doing(task, _ => pool.Add(Thread.CurrentThread.IsThreadPoolThread));
        }

        host.Run("--target=Z").ShouldBe(0);
        pool.ShouldBe([false, false, false]);
    }
}
