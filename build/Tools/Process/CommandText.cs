using System.Text;

namespace Slipway.Tools;

/// <summary>A command as people read and paste it. Its environment is left out: that is where secrets travel.</summary>
public static class CommandText
{
    private const int LongestArgument = 300;
    private const int Longest = 2000;

    public static string Of(Command command) => Of(command, text => text);

    /// <param name="redact">Sees each argument as it is: quoted or cut, a secret would not be recognised.</param>
    public static string Of(Command command, Func<string, string> redact)
    {
        var text = new StringBuilder(Quote(command.Program));
        foreach (var argument in command.Arguments)
        {
            text.Append(' ').Append(Quote(redact(argument)));
            if (text.Length > Longest)
                return text.Append(" …").ToString();
        }
        return text.ToString();
    }

    private static string Quote(string argument)
    {
        var shown =
            argument.Length > LongestArgument ? string.Concat(argument.AsSpan(0, LongestArgument), "…") : argument;
        if (shown.Length > 0 && shown.All(IsPlain))
            return shown;
        if (shown.Any(char.IsControl))
            return "$'" + string.Concat(shown.Select(EscapeControl)) + "'";
        return "'" + shown.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    private static bool IsPlain(char c) =>
        char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,^~{}".Contains(c, StringComparison.Ordinal);

    private static string EscapeControl(char c) =>
        c switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\'' => "\\'",
            '\\' => "\\\\",
            _ when char.IsControl(c) => $"\\x{(int)c:x2}",
            _ => c.ToString(),
        };
}
