using Cake.Core.IO;

namespace Slipway.Host;

/// <summary>
/// Cake lets a child inherit the console, where the lines of parallel tasks tear each other. Here what a child prints, and
/// the caller does not take, becomes lines of the task that started it.
/// </summary>
internal sealed class RoutedProcessRunner(ProcessRunner inner) : IProcessRunner
{
    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (TaskOutput.Current is { } task && !settings.Silent)
        {
            if (!settings.RedirectStandardOutput)
            {
                settings.RedirectStandardOutput = true;
                settings.RedirectedStandardOutputHandler = line => Pass(task, line, OutputKind.Plain);
            }

            if (!settings.RedirectStandardError)
            {
                settings.RedirectStandardError = true;
                settings.RedirectedStandardErrorHandler = line => Pass(task, line, OutputKind.Error);
            }
        }

        return inner.Start(filePath, settings);
    }

    private static string? Pass(TaskOutput task, string? line, OutputKind kind)
    {
        if (line is not null)
        {
            task.Write(line, kind);
        }

        return line;
    }
}
