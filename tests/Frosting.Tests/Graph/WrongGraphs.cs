using Cake.Frosting;

namespace Slipway.Frosting.Tests.Graph;

internal sealed class WrongGraphs
{
    [Test]
    public void A_circle_names_its_tasks()
    {
        using var host = HostUnderTest.With(typeof(Hen), typeof(Egg), typeof(Nest));
        host.Run("--target=Nest").ShouldBe(1);
        host.Error.ShouldBe("error: Tasks wait for each other: Hen → Egg → Hen.\n");
    }

    [Test]
    public void A_dependency_that_is_not_there_is_named()
    {
        using var host = HostUnderTest.With(typeof(Hen));
        host.Run("--target=Hen").ShouldBe(1);
        host.Error.ShouldBe("error: Task 'Hen' is dependent on task 'Egg' which does not exist.\n");
    }

    [Test]
    public void A_dependency_that_is_no_task_is_named()
    {
        using var host = HostUnderTest.With(typeof(NotATask));
        host.Run("--target=NotATask").ShouldBe(1);
        host.Error.ShouldBe("error: NotATask names String as a task, which it is not.\n");
    }

    [Test]
    public void Two_tasks_of_one_name_are_named()
    {
        using var host = HostUnderTest.With(typeof(Hen), typeof(AnotherHen));
        host.Run("--list").ShouldBe(1);
        host.Error.ShouldContain("Two tasks have the name hen");
    }

    [Test]
    public void A_resource_of_a_task_that_is_not_there_is_named()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host => Slipway.Host.HostExtensions.UseExclusiveResource(host, "database", "A", "Backpu"));
        host.Run("--target=D").ShouldBe(1);
        host.Error.ShouldBe("error: The exclusive resource database names the task Backpu, which does not exist.\n");
        host.Script.Ran.ShouldBeEmpty();
    }

    [Test]
    public void A_dependee_runs_before_what_it_is_dependee_of()
    {
        using var host = HostUnderTest.With(typeof(A), typeof(BeforeA));
        host.Run("--target=A").ShouldBe(0);
        host.Script.Ran.ShouldBe(["BeforeA", "A"]);
    }

    [IsDependentOn(typeof(Egg))]
    internal sealed class Hen : FrostingTask;

    [IsDependentOn(typeof(Hen))]
    internal sealed class Egg : FrostingTask;

    [IsDependentOn(typeof(Hen))]
    internal sealed class Nest : FrostingTask;

    [IsDependentOn(typeof(string))]
    internal sealed class NotATask : FrostingTask;

    [TaskName("hen")]
    internal sealed class AnotherHen : FrostingTask;

    [IsDependeeOf(typeof(A))]
    internal sealed class BeforeA(Script script) : Scripted(script);
}
