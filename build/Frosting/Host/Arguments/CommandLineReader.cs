using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>Reads a command line word by word.</summary>
internal sealed class CommandLineReader(ImmutableArray<ArgumentDeclaration> declarations, bool strict)
{
    private readonly Dictionary<string, ArgumentDeclaration> _byName = ByName(declarations);
    private readonly Dictionary<string, ImmutableArray<string>> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];
    private bool _secretSeen;

    public CommandLine Read(ImmutableArray<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (word.Length < 2 || word[0] != '-')
            {
                Stray(word);
                continue;
            }

            var equals = word.IndexOf('=');
            var written = equals < 0 ? word : word[..equals];
            var value = equals < 0 ? null : word[(equals + 1)..];
            var declaration = Find(written);
            if (declaration is null)
            {
                Undeclared(written, value, words, ref i);
                continue;
            }

            if (declaration.Kind == ArgumentKind.Flag)
            {
                Flag(declaration, written, value);
                continue;
            }

            if (value is null && i + 1 < words.Length && !LooksLikeAnArgument(words[i + 1]))
            {
                value = words[++i];
            }

            Value(declaration, written, value);
        }

        return new CommandLine(_values.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase), [.. _problems]);
    }

    private static Dictionary<string, ArgumentDeclaration> ByName(ImmutableArray<ArgumentDeclaration> declarations)
    {
        var byName = new Dictionary<string, ArgumentDeclaration>(StringComparer.OrdinalIgnoreCase);
        foreach (var declaration in declarations)
        {
            foreach (var name in declaration.Aliases.Insert(0, declaration.Name))
            {
                if (!byName.TryAdd(name, declaration))
                {
                    throw new InvalidOperationException($"The argument name {name} is declared twice.");
                }
            }
        }

        return byName;
    }

    private static bool LooksLikeAnArgument(string word) => word.Length > 1 && word[0] == '-';

    /// <summary>One dash for one character, two for a name: <c>-target</c> is nobody's argument.</summary>
    private ArgumentDeclaration? Find(string written)
    {
        var name = written.TrimStart('-');
        var dashes = written.Length - name.Length;
        return dashes == (name.Length == 1 ? 1 : 2) ? _byName.GetValueOrDefault(name) : null;
    }

    private void Flag(ArgumentDeclaration flag, string written, string? value)
    {
        var on = value is null || value.Equals("true", StringComparison.OrdinalIgnoreCase);
        if (!on && !value!.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            Problem($"{written} is a flag: it takes no value (but true or false), and has {Shown(flag, value)}");
        }
        else if (_values.ContainsKey(flag.Name))
        {
            Problem($"{written} is given twice");
        }
        else if (on)
        {
            _values[flag.Name] = ["true"];
        }
    }

    private void Value(ArgumentDeclaration argument, string written, string? value)
    {
        _secretSeen |= argument.Secret;
        if (value is null)
        {
            Problem($"{written} needs a value: {written}=<{argument.ValueName}>");
            return;
        }

        ImmutableArray<string> parts =
            argument.Kind == ArgumentKind.List ? [.. value.Split(',', StringSplitOptions.TrimEntries)] : [value];
        if (parts.Any(string.IsNullOrWhiteSpace))
        {
            Problem($"{written} has an empty value; expected {written}=<{argument.ValueName}>");
            return;
        }

        foreach (var part in parts)
        {
            if (WrongWith(argument, part) is { } wrong)
            {
                Problem($"{written}={Shown(argument, part)}: {wrong}");
            }
        }

        if (!_values.TryGetValue(argument.Name, out var before))
        {
            _values[argument.Name] = parts;
        }
        else if (argument.Kind == ArgumentKind.List)
        {
            _values[argument.Name] = before.AddRange(parts);
        }
        else
        {
            Problem($"{written} is given twice: {Shown(argument, before[0])} and {Shown(argument, value)}");
        }
    }

    private static string? WrongWith(ArgumentDeclaration argument, string value)
    {
        if (argument.Validate?.Invoke(value) is { } wrong)
        {
            return wrong;
        }

        if (argument.Choices.IsDefaultOrEmpty || argument.Validate is not null || argument.Choices.Contains(value))
        {
            return null;
        }

        var nearest = argument.Secret ? null : NearestName.Of(value, argument.Choices);
        return $"expected {Words.Or(argument.Choices)}" + (nearest is null ? "" : $"; did you mean {nearest}?");
    }

    private void Undeclared(string written, string? value, ImmutableArray<string> words, ref int i)
    {
        if (!strict)
        {
            if (value is null && i + 1 < words.Length && !LooksLikeAnArgument(words[i + 1]))
            {
                value = words[++i];
            }

            var name = written.TrimStart('-');
            _values[name] = _values.GetValueOrDefault(name, []).Add(value ?? "true");
            return;
        }

        if (value is null && i + 1 < words.Length && !LooksLikeAnArgument(words[i + 1]))
        {
            // Its value, most likely: one mistake is one problem.
            i++;
        }

        var nearest = NearestName.Of(written.TrimStart('-'), declarations.Select(declaration => declaration.Name));
        var shown = Printable.Quoted(written);
        Problem($"unknown argument {shown}" + (nearest is null ? "" : $"; did you mean --{nearest}?"));
    }

    private void Stray(string word)
    {
        if (strict && _secretSeen)
        {
            // It may be the secret itself, typed behind the argument: it is not repeated.
            Problem("a word behind a secret argument belongs to no argument; it is not shown here");
        }
        else if (strict)
        {
            Problem(
                $"{Printable.Quoted(word)} belongs to no argument; a target is given as --target={Printable.Quoted(word)}"
            );
        }
    }

    private static string Shown(ArgumentDeclaration argument, string value) =>
        argument.Secret ? "***" : Printable.Quoted(value);

    private void Problem(string problem) => _problems.Add(problem);
}
