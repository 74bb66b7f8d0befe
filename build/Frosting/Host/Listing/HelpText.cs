using System.Collections.Immutable;
using System.Text;

namespace Slipway.Host;

/// <summary><c>--help</c>: the arguments with their types, in groups.</summary>
internal static class HelpText
{
    public static string Of(HostOptions options, ImmutableArray<ArgumentDeclaration> arguments)
    {
        var text = new StringBuilder();
        if (options.Title.Length > 0)
        {
            text.Append(options.Title).Append("\n\n");
        }

        text.Append(
            $"Usage: {options.CommandName} --target=<task> [arguments]\n"
                + $"       {options.CommandName} --description    prints the targets\n"
        );
        var width = Math.Min(38, arguments.Max(argument => Form(argument).Length));
        foreach (var group in arguments.GroupBy(argument => argument.Group))
        {
            text.Append('\n').Append(group.Key).Append('\n');
            foreach (var argument in group)
            {
                var form = Form(argument);
                text.Append("  ").Append(form.PadRight(width));
                if (form.Length > width)
                {
                    text.Append('\n').Append(' ', width + 2);
                }

                text.Append("  ").Append(About(argument)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Form(ArgumentDeclaration argument)
    {
        var name = argument.Aliases.FirstOrDefault(alias => alias.Length == 1) is { } letter
            ? $"-{letter}, --{argument.Name}"
            : $"    --{argument.Name}";
        var value = argument.Choices.IsEmpty ? $"<{argument.ValueName}>" : string.Join('|', argument.Choices);
        return argument.Kind switch
        {
            ArgumentKind.Flag => name,
            ArgumentKind.List => $"{name}={value}[,…]",
            _ => $"{name}={value}",
        };
    }

    private static string About(ArgumentDeclaration argument)
    {
        var more = argument switch
        {
            { Secret: true } => " (secret)",
            { Default: { } value } => $" (default: {value})",
            _ => "",
        };
        return argument.Description + more;
    }
}
