using System.Text;

namespace Slipway.Host;

/// <summary>Reads a line from the terminal key by key, without showing it.</summary>
internal static class HiddenLine
{
    public static string? Read() => Read(() => Console.ReadKey(intercept: true), Console.Error);

    /// <param name="key">The next key, not shown.</param>
    /// <param name="end">Where the line ends for the eye, too.</param>
    /// <returns>Null when the input was ended (Ctrl-D) before anything was typed.</returns>
    public static string? Read(Func<ConsoleKeyInfo> key, TextWriter end)
    {
        var line = new StringBuilder();
        while (true)
        {
            var pressed = key();
            switch (pressed.Key)
            {
                case ConsoleKey.Enter:
                    end.WriteLine();
                    return line.ToString();
                case ConsoleKey.D when pressed.Modifiers == ConsoleModifiers.Control && line.Length == 0:
                    end.WriteLine();
                    return null;
                case ConsoleKey.Backspace:
                    line.Length = Math.Max(0, line.Length - 1);
                    break;
                default:
                    if (!char.IsControl(pressed.KeyChar))
                    {
                        line.Append(pressed.KeyChar);
                    }

                    break;
            }
        }
    }
}
