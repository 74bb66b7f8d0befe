using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary><c>--completion=bash|zsh</c>: what a shell sources to complete arguments, targets and choices.</summary>
internal static class CompletionScript
{
    public static string Of(
        string shell,
        string command,
        TaskCatalog catalog,
        ImmutableArray<ArgumentDeclaration> arguments
    )
    {
        var name = Path.GetFileName(command);
        var function = "_" + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')) + "_complete";
        var words = arguments.Select(argument =>
            argument.Kind == ArgumentKind.Flag ? $"--{argument.Name}" : $"--{argument.Name}="
        );
        var values = arguments
            .Select(argument =>
                argument.Name is "target" or "skip"
                    ? (argument.Name, Values: catalog.Tasks.Select(task => task.Name))
                    : (argument.Name, Values: argument.Choices.AsEnumerable())
            )
            .Where(argument => argument.Values.Any())
            .Select(argument => $"      --{argument.Name}) values={Quote(string.Join(' ', argument.Values))} ;;");
        var zsh = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
        return $$"""
            {{zsh}}{{function}}() {
              # Bash parts --name=value at the equals sign: read the word as it was typed.
              local line="${COMP_LINE:0:COMP_POINT}" word name values='' prefix=''
              word="${line##* }"
              COMPREPLY=()
              if [[ "$word" == --*=* ]]; then
                name="${word%%=*}"
                word="${word#*=}"
                case "$name" in
            {{string.Join('\n', values)}}
                esac
                case "$word" in *,*) prefix="${word%,*},"; word="${word##*,}" ;; esac
                while IFS='' read -r value; do COMPREPLY+=("$prefix$value"); done < <(compgen -W "$values" -- "$word")
              else
                while IFS='' read -r value; do COMPREPLY+=("$value"); done < <(compgen -W {{Quote(
                string.Join(' ', words)
            )}} -- "$word")
                if [[ "${COMPREPLY[*]}" == *= ]]; then compopt -o nospace 2>/dev/null; fi
              fi
            }
            complete -o default -F {{function}} {{Quote(name)}}{{(command == name ? "" : " " + Quote(command))}}

            """;
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
