using System.Collections.Immutable;
using System.Reflection;
using Cake.Core;
using Cake.Frosting;

namespace Slipway.Host;

/// <summary>A task as its class declares it. No instance of the class is made to know it.</summary>
/// <param name="DependsOn">Names, in the order written, those of <c>IsDependeeOf</c> on other tasks after them.</param>
/// <param name="Order">Place among the tasks of the program.</param>
internal sealed record TaskDescriptor(string Name, Type Type, ImmutableArray<string> DependsOn, int Order)
    : ICakeTaskInfo
{
    public string Description { get; init; } = "";

    public bool ContinueOnError { get; init; }

    /// <summary>Only where the program registered an object instead of a class.</summary>
    public IFrostingTask? Instance { get; init; }

    /// <summary>A task without work of its own: it stands for what it depends on.</summary>
    public bool IsAggregate { get; init; }

    /// <summary>The type of context its methods take.</summary>
    public Type ContextType { get; init; } = typeof(ICakeContext);

    public IReadOnlyList<CakeTaskDependency> Dependencies =>
        [.. DependsOn.Select(name => new CakeTaskDependency(name, true))];

    public IReadOnlyList<CakeTaskDependency> Dependees => [];

    public bool Equals(TaskDescriptor? other) => other is not null && Type == other.Type;

    public override int GetHashCode() => Type.GetHashCode();

    public static string NameOf(Type type) => type.GetCustomAttribute<TaskNameAttribute>()?.Name ?? type.Name;

    public static TaskDescriptor Read(Type type, int order, IFrostingTask? instance)
    {
        var (baseType, context) = BaseOf(type);
        return new TaskDescriptor(
            NameOf(type),
            type,
            [
                .. type.GetCustomAttributes<IsDependentOnAttribute>()
                    .Select(attribute => NameOfTask(type, attribute.Task)),
            ],
            order
        )
        {
            Description = type.GetCustomAttribute<TaskDescriptionAttribute>()?.Description ?? "",
            ContinueOnError = type.IsDefined(typeof(ContinueOnErrorAttribute), inherit: false),
            Instance = instance,
            ContextType = context,
            IsAggregate = baseType is not null && !OverridesAnything(type),
        };
    }

    public static string NameOfTask(Type owner, Type task) =>
        typeof(IFrostingTask).IsAssignableFrom(task)
            ? NameOf(task)
            : throw new FrostingException($"{owner.Name} names {task.Name} as a task, which it is not.");

    private static (Type? Base, Type Context) BaseOf(Type type)
    {
        for (var at = type.BaseType; at is not null; at = at.BaseType)
        {
            if (
                at.IsGenericType
                && at.GetGenericTypeDefinition() is var definition
                && (definition == typeof(FrostingTask<>) || definition == typeof(AsyncFrostingTask<>))
            )
            {
                return (at, at.GenericTypeArguments[0]);
            }
        }

        return (null, typeof(ICakeContext));
    }

    private static bool OverridesAnything(Type type)
    {
        for (var at = type; at is not null && !IsOurs(at); at = at.BaseType)
        {
            foreach (
                var method in at.GetMethods(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            {
                if (method.IsVirtual)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsOurs(Type type) => type.Assembly == typeof(IFrostingTask).Assembly;
}
