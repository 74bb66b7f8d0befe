using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Running;

internal sealed class TheLifetime
{
    [Test]
    public void Surrounds_the_run_and_each_task()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Skipping("B", "no")
            .Failing("C")
            .Using(host => host.UseLifetime<OfTheRun>().UseTaskLifetime<OfATask>());
        host.Run("--target=D", "--parallel=1").ShouldBe(1);
        host.Script.Ran.ShouldBe([
            "setup D of A,B,C,D",
            "before A",
            "A",
            "after A skipped=False ok=True",
            "before B",
            "after B skipped=True ok=True",
            "before C",
            "C",
            "after C skipped=False ok=False",
            "teardown ok=False it broke",
        ]);
    }

    [Test]
    public void A_failed_setup_runs_no_task_and_still_tears_down()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => host.UseSetup<FailingSetup>().UseTeardown<OfTheRun>());
        host.Run("--target=D").ShouldBe(12);
        host.Script.Ran.ShouldBe(["teardown ok=False locked"]);
        host.Out.ShouldContain("The setup failed, no task ran: locked");
    }

    [Test]
    public void A_failed_teardown_makes_a_good_run_red()
    {
        using var host = HostUnderTest.WithDiamond().Using(host => host.UseTeardown<FailingTeardown>());
        host.Run("--target=D").ShouldBe(3);
        host.Out.ShouldContain("The teardown failed: cannot clean up");
    }

    [Test]
    public void A_failed_task_setup_fails_the_task_and_is_in_the_table()
    {
        using var host = HostUnderTest.WithDiamond().Using(host => host.UseTaskSetup<FailingTaskSetup>());
        host.Run("--target=D").ShouldBe(1);
        host.Script.Ran.ShouldBeEmpty();
        host.Result("A").Reason.ShouldBe("no task setup");
    }

    [Test]
    public void The_context_is_made_once_and_given_to_every_task()
    {
        using var host = HostUnderTest
            .With(typeof(WantsContext), typeof(WantsContextToo))
            .Using(host => host.UseContext<Counted>().ConfigureServices(s => s.AddSingleton<Counter>()));
        host.Run("--target=WantsContextToo").ShouldBe(0);
        host.Out.ShouldContain("contexts: 1");
        host.Out.ShouldContain("same: True");
    }

    [Test]
    public void A_context_that_cannot_be_made_is_told_and_nothing_runs()
    {
        using var host = HostUnderTest.WithDiamond().Using(host => host.UseContext<Impossible>());
        host.Run("--target=D").ShouldBe(2);
        host.Script.Ran.ShouldBeEmpty();
        host.Out.ShouldContain("The run did not start: environments/x is missing");
    }

    [Test]
    public void A_task_for_another_context_says_which()
    {
        using var host = HostUnderTest.With(typeof(WantsContext));
        host.Run("--target=WantsContext").ShouldBe(1);
        host.Out.ShouldContain("Task WantsContext needs the context Counted; the host uses FrostingContext.");
    }

    [Test]
    public void Only_the_tasks_that_run_are_made()
    {
        using var host = HostUnderTest.With(typeof(X), typeof(ExplodesWhenMade));
        host.Run("--target=X").ShouldBe(0);
    }

    [Test]
    public void The_run_can_be_read_in_the_teardown()
    {
        using var host = HostUnderTest.WithDiamond().Failing("B", "broke").Using(host => host.UseTeardown<Reading>());
        host.Run("--target=D").ShouldBe(1);
        host.Out.ShouldContain("failed: B broke; D NotRun");
    }

    [Test]
    public void The_services_are_disposed_at_the_end()
    {
        using var host = HostUnderTest
            .With(typeof(UsesService))
            .Using(host => host.ConfigureServices(services => services.AddSingleton<OnlyAsync>()));
        host.Run("--target=UsesService").ShouldBe(0);
        host.Script.Ran.ShouldBe(["used", "disposed"]);
    }

    internal sealed class OnlyAsync(Script script) : IAsyncDisposable
    {
        public void Use() => script.Ran.Enqueue("used");

        public ValueTask DisposeAsync()
        {
            script.Ran.Enqueue("disposed");
            return ValueTask.CompletedTask;
        }
    }

    internal sealed class UsesService(OnlyAsync service) : FrostingTask
    {
        public override void Run(ICakeContext context) => service.Use();
    }

    internal sealed class OfTheRun(Script script) : FrostingLifetime
    {
        public override void Setup(ICakeContext context, ISetupContext info) =>
            script.Ran.Enqueue(
                $"setup {info.TargetTask.Name} of {string.Join(',', info.TasksToExecute.Select(task => task.Name))}"
            );

        public override void Teardown(ICakeContext context, ITeardownContext info) =>
            script.Ran.Enqueue($"teardown ok={info.Successful} {info.ThrownException?.Message}");
    }

    internal sealed class OfATask(Script script) : FrostingTaskLifetime
    {
        public override void Setup(ICakeContext context, ITaskSetupContext info) =>
            script.Ran.Enqueue($"before {info.Task.Name}");

        public override void Teardown(ICakeContext context, ITaskTeardownContext info) =>
            script.Ran.Enqueue($"after {info.Task.Name} skipped={info.Skipped} ok={info.Successful}");
    }

    internal sealed class FailingSetup : FrostingSetup
    {
        public override void Setup(ICakeContext context, ISetupContext info) => throw new CakeException(12, "locked");
    }

    internal sealed class FailingTeardown : FrostingTeardown
    {
        public override void Teardown(ICakeContext context, ITeardownContext info) =>
            throw new CakeException(3, "cannot clean up");
    }

    internal sealed class FailingTaskSetup : FrostingTaskSetup
    {
        public override void Setup(ICakeContext context, ITaskSetupContext info) =>
            throw new CakeException("no task setup");
    }

    internal sealed class Counter
    {
        public int Contexts { get; set; }

        public object? Seen { get; set; }
    }

    internal sealed class Counted : FrostingContext
    {
        public Counted(ICakeContext context, Counter counter)
            : base(context)
        {
            Counter = counter;
            counter.Contexts++;
        }

        public Counter Counter { get; }
    }

    internal sealed class WantsContext : FrostingTask<Counted>
    {
        public override void Run(Counted context) => context.Counter.Seen = context;
    }

    [IsDependentOn(typeof(WantsContext))]
    internal sealed class WantsContextToo : AsyncFrostingTask<Counted>
    {
        public override async Task RunAsync(Counted context)
        {
            await Console.Out.WriteLineAsync($"contexts: {context.Counter.Contexts}");
            await Console.Out.WriteLineAsync($"same: {context.Counter.Seen == context}");
        }
    }

    internal sealed class Impossible : FrostingContext
    {
        public Impossible(ICakeContext context)
            : base(context) => throw new CakeException(2, "environments/x is missing");
    }

    internal sealed class ExplodesWhenMade : FrostingTask
    {
        public ExplodesWhenMade() => throw new InvalidOperationException("made");
    }

    internal sealed class Reading(IRunProgress progress) : FrostingTeardown
    {
        public override void Teardown(ICakeContext context, ITeardownContext info)
        {
            var failed = progress.Failed.Single();
            var last = progress.Now.Tasks.Single(task => task.Task == "D");
            Console.WriteLine($"failed: {failed.Task} {failed.Exception!.Message}; {last.Task} {last.Status}");
        }
    }
}
