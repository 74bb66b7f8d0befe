using System.Globalization;
using Cake.Core;

namespace Slipway.Host;

/// <summary>Cake's console, task by task. Colours of single writes are left out: the host paints by kind of line.</summary>
internal sealed class HostConsole(RunConsole console, TaskOutput outside) : IConsole
{
    public ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public bool SupportAnsiEscapeCodes => console.Colours;

    public void Write(string format, params object[] arg) => Append(Text(format, arg), isError: false);

    public void Write(string value) => Append(value, isError: false);

    public void WriteLine(string format, params object[] arg) => Append(Text(format, arg) + "\n", isError: false);

    public void WriteLine(string value) => Append(value + "\n", isError: false);

    public void WriteError(string format, params object[] arg) => Append(Text(format, arg), isError: true);

    public void WriteError(string value) => Append(value, isError: true);

    public void WriteErrorLine(string format, params object[] arg) => Append(Text(format, arg) + "\n", isError: true);

    public void WriteErrorLine(string value) => Append(value + "\n", isError: true);

    public void ResetColor()
    {
        ForegroundColor = ConsoleColor.Gray;
        BackgroundColor = ConsoleColor.Black;
    }

    private static string Text(string format, object[] arg) =>
        arg.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, arg);

    private void Append(string text, bool isError) => (TaskOutput.Current ?? outside).Append(text, isError);
}
