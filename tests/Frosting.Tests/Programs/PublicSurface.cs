using System.Reflection;
using System.Text;
using Cake.Frosting;

namespace Slipway.Frosting.Tests.Programs;

/// <summary>The names and signatures that tasks are written against: those of the package Cake.Frosting.</summary>
internal sealed class PublicSurface
{
    [Test]
    public void Of_Cake_Frosting_is_as_approved() =>
        Describe(typeof(CakeHost).Assembly, "Cake.Frosting").ShouldBeApproved("PublicSurface");

    private static string Describe(Assembly assembly, string space)
    {
        var text = new StringBuilder();
        foreach (
            var type in assembly
                .GetExportedTypes()
                .Where(type => type.Namespace == space)
                .OrderBy(Name, StringComparer.Ordinal)
        )
        {
            var kind =
                type.IsInterface ? "interface"
                : type is { IsAbstract: true, IsSealed: true } ? "static class"
                : type.IsAbstract ? "abstract class"
                : type.IsSealed ? "sealed class"
                : "class";
            var parents = new[] { type.BaseType }
                .Where(parent => parent is not null && parent != typeof(object))
                .Concat(type.GetInterfaces().Where(one => one.Namespace == space).OrderBy(Name, StringComparer.Ordinal))
                .Select(parent => Name(parent!))
                .ToArray();
            text.Append($"{kind} {Name(type)}");
            text.Append(parents.Length > 0 ? $" : {string.Join(", ", parents)}" : "")
                .Append(Constraints(type.GetGenericArguments()));
            text.Append('\n');
            if (type.GetCustomAttribute<AttributeUsageAttribute>() is { } usage && type.BaseType == typeof(Attribute))
            {
                text.Append($"  [{usage.ValidOn}, AllowMultiple={usage.AllowMultiple}, Inherited={usage.Inherited}]\n");
            }

            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        foreach (var constructor in type.GetConstructors(Declared).Where(c => c.IsPublic && !type.IsAbstract))
        {
            yield return $"new({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(Declared).Where(p => p.GetMethod is { IsPublic: true }))
        {
            yield return $"{Name(property.PropertyType)} {property.Name} {{ get; {(property.SetMethod is { IsPublic: true } ? "set; " : "")}}}";
        }

        foreach (var method in type.GetMethods(Declared).Where(m => (m.IsPublic || m.IsFamily) && !m.IsSpecialName))
        {
            var kind =
                method.IsStatic ? "static "
                : type.IsInterface ? ""
                : method.IsAbstract ? "abstract "
                : method.IsVirtual && !method.IsFinal ? "virtual "
                : "";
            var generic = method.IsGenericMethod
                ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>"
                : "";
            yield return $"{kind}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)}){Constraints(method.GetGenericArguments())}";
        }
    }

    private static string Parameters(MethodBase method) =>
        string.Join(
            ", ",
            method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}")
        );

    private static string Constraints(Type[] arguments) =>
        string.Concat(
            arguments
                .Where(argument => argument.IsGenericParameter)
                .Select(argument =>
                {
                    var flags = argument.GenericParameterAttributes;
                    string[] all =
                    [
                        .. flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? (string[])["class"] : [],
                        .. argument.GetGenericParameterConstraints().Select(Name),
                        .. flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)
                            ? (string[])["new()"]
                            : [],
                    ];
                    return all.Length == 0 ? "" : $" where {argument.Name} : {string.Join(", ", all)}";
                })
        );

    private static string Name(Type type)
    {
        if (!type.IsGenericType)
        {
            return type == typeof(void) ? "void" : type.Name;
        }

        return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
