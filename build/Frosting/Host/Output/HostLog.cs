using System.Globalization;
using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>Cake's log. The verbosity decides what the console shows; the task's log file gets everything.</summary>
internal sealed class HostLog(RunConsole console, TaskOutput outside) : ICakeLog
{
    public Verbosity Verbosity
    {
        get => console.Verbosity;
        set => console.Verbosity = value;
    }

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args) =>
        (TaskOutput.Current ?? outside).Write(
            Text(format, args),
            OutputKinds.Of(level),
            shown: verbosity <= console.Verbosity
        );

    /// <summary>A message that is no format (a brace in a file name) is printed as it stands: a log never fails a task.</summary>
    private static string Text(string format, object[]? args)
    {
        if (args is null or { Length: 0 })
        {
            return format;
        }

        try
        {
            return string.Format(CultureInfo.InvariantCulture, format, args);
        }
        catch (FormatException)
        {
            return $"{format} {string.Join(' ', args)}";
        }
    }
}
