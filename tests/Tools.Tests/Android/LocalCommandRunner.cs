using System.Diagnostics;

namespace Slipway.Tools.Tests.Android;

/// <summary>Runs commands plainly: what the tests of a tool need of a runner, and no more.</summary>
internal sealed class LocalCommandRunner : ICommandRunner
{
    public async Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        var start = new ProcessStartInfo(command.Program)
        {
            WorkingDirectory = command.WorkingDirectory ?? Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(command.Timeout ?? TimeSpan.FromMinutes(2));
        var clock = Stopwatch.StartNew();
        using var process = Start(command, start);
        process.StandardInput.Close();
        var output = new Lines(onLine, isError: false);
        var error = new Lines(onLine, isError: true);
        var timedOut = false;
        try
        {
            await Task.WhenAll(
                output.ReadAsync(process.StandardOutput, limit.Token),
                error.ReadAsync(process.StandardError, limit.Token),
                process.WaitForExitAsync(limit.Token)
            );
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            timedOut = true;
            await process.WaitForExitAsync(CancellationToken.None);
        }

        var result = new CommandResult(command, process.ExitCode, output.Text, error.Text, clock.Elapsed);
        if (timedOut)
            throw new CommandFailedException(result, $"{command.Program} did not end within {command.Timeout}");
        return command.SuccessExitCodes.Contains(result.ExitCode)
            ? result
            : throw new CommandFailedException(result, $"{command.Program}: exit {result.ExitCode}: {error.Text}");
    }

    private static System.Diagnostics.Process Start(Command command, ProcessStartInfo start)
    {
        try
        {
            return System.Diagnostics.Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new CommandFailedException(
                new(command, 127, "", error.Message, TimeSpan.Zero),
                $"the program {command.Program} is not there"
            );
        }
    }

    private sealed class Lines(Action<OutputLine>? onLine, bool isError)
    {
        private readonly List<string> _lines = [];

        public string Text => string.Join('\n', _lines);

        public async Task ReadAsync(StreamReader reader, CancellationToken cancellation)
        {
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                _lines.Add(line);
                onLine?.Invoke(new(isError, line));
            }
        }
    }
}
