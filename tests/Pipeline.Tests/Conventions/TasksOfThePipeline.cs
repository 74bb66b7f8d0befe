using System.Reflection;
using Cake.Frosting;

namespace Slipway.Pipeline.Tests.Conventions;

public sealed class TasksOfThePipeline
{
    private static readonly Type[] Tasks = typeof(Program)
        .Assembly.GetTypes()
        .Where(type => typeof(IFrostingTask).IsAssignableFrom(type) && !type.IsAbstract)
        .ToArray();

    [Test]
    public void AreSealed() =>
        Tasks
            .Where(task => !task.IsSealed)
            .Select(task => $"{task.Name}: a task is not a base class; seal it")
            .ShouldBeEmpty();

    [Test]
    public void SayWhatTheyDo() =>
        Tasks
            .Where(task => string.IsNullOrWhiteSpace(task.GetCustomAttribute<TaskDescriptionAttribute>()?.Description))
            .Select(task => $"{task.Name}: [TaskDescription] is what --description shows")
            .ShouldBeEmpty();

    [Test]
    public void AreNamedLikeTheirClass() =>
        Tasks
            .Where(task =>
                task.GetCustomAttribute<TaskNameAttribute>() is { } name
                && task.Name != name.Name
                && task.Name != name.Name + "Task"
            )
            .Select(task => $"{task.Name}: a reader looks for the class by the target's name")
            .ShouldBeEmpty();

    [Test]
    public void AreShort() =>
        Repository
            .Files("build/Pipeline/Tasks", "*.cs")
            .Where(file => File.ReadLines(file).Count() > 80)
            .Select(file =>
                $"{Repository.Relative(file)}: a task says when and why; what it decides belongs to Deployment, how it acts to Tools"
            )
            .ShouldBeEmpty();

    [Test]
    public void StandOnePerFileNamedLikeIt()
    {
        var files = Repository
            .Files("build/Pipeline/Tasks", "*.cs")
            .Select(Path.GetFileNameWithoutExtension)
            .ToHashSet();
        Tasks
            .Where(task => task.Namespace == "Slipway.Pipeline.Tasks" && !files.Contains(task.Name))
            .Select(task => $"{task.Name}: stands in no file of its name")
            .ShouldBeEmpty();
    }
}
