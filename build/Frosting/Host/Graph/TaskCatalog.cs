using System.Collections.Immutable;
using System.Reflection;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.Host;

/// <summary>All tasks of a program: the public task classes of its assemblies, and what it registered as <see cref="IFrostingTask"/>.</summary>
internal sealed class TaskCatalog
{
    private readonly Dictionary<string, TaskDescriptor> _byName;

    private TaskCatalog(ImmutableArray<TaskDescriptor> tasks)
    {
        Tasks = tasks;
        _byName = new Dictionary<string, TaskDescriptor>(tasks.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var task in tasks)
        {
            if (!_byName.TryAdd(task.Name, task))
            {
                throw new FrostingException(
                    $"Two tasks have the name {task.Name}: {_byName[task.Name].Type.FullName} and {task.Type.FullName}."
                );
            }
        }
    }

    public ImmutableArray<TaskDescriptor> Tasks { get; }

    public TaskDescriptor? Find(string name) => _byName.GetValueOrDefault(name);

    public TaskDescriptor this[string name] => _byName[name];

    public static TaskCatalog Read(IEnumerable<Assembly> assemblies, IServiceCollection services)
    {
        var tasks = new List<TaskDescriptor>();
        var seen = new HashSet<Type>();
        void Add(Type type, IFrostingTask? instance)
        {
            if (seen.Add(type))
            {
                tasks.Add(TaskDescriptor.Read(type, tasks.Count, instance));
            }
        }

        foreach (var assembly in assemblies.Distinct())
        {
            foreach (var type in assembly.GetExportedTypes())
            {
                if (type is { IsClass: true, IsAbstract: false } && typeof(IFrostingTask).IsAssignableFrom(type))
                {
                    Add(type, null);
                }
            }
        }

        foreach (var service in services)
        {
            if (service.ServiceType == typeof(IFrostingTask))
            {
                var instance = service.ImplementationInstance as IFrostingTask;
                Add(
                    service.ImplementationType
                        ?? instance?.GetType()
                        ?? throw new FrostingException(
                            "A task is registered by a factory: register it by its class, so that it is known before it is made."
                        ),
                    instance
                );
            }
        }

        return new TaskCatalog(WithDependees(tasks));
    }

    private static ImmutableArray<TaskDescriptor> WithDependees(List<TaskDescriptor> tasks)
    {
        var byType = tasks.ToDictionary(task => task.Type);
        foreach (var task in tasks)
        {
            foreach (var dependee in task.Type.GetCustomAttributes<IsDependeeOfAttribute>())
            {
                var name = TaskDescriptor.NameOfTask(task.Type, dependee.Task);
                var target =
                    byType.GetValueOrDefault(dependee.Task)
                    ?? throw new FrostingException(
                        $"Task '{task.Name}' has specified that it's a dependency for task '{name}' which does not exist."
                    );
                byType[dependee.Task] = target with { DependsOn = target.DependsOn.Add(task.Name) };
            }
        }

        return [.. tasks.Select(task => byType[task.Type])];
    }
}
