using System.Diagnostics;

namespace Slipway.Tools;

/// <summary>
/// Runs commands, each in a session of its own, so that a Ctrl-C in the terminal reaches only us and the whole tree can
/// be ended: by signal, then, after the command's grace, by force. What it keeps and hands out is redacted.
/// </summary>
public sealed class CommandRunner(Redactor redactor, TimeProvider time) : ICommandRunner
{
    private static readonly TimeSpan QuietAfterExit = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(30);
    private const int LongestDrainRounds = 50;

    public async Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        cancellation.ThrowIfCancellationRequested();
        RegisterSecrets(command);
        using var process = new Process { StartInfo = StartInfo(command) };
        var started = time.GetTimestamp();
        ProgramStart.Start(process, command);
        var tree = new ProcessTree(process.Id, ProcessTable.Read(process.Id)?.StartTicks ?? 0, time);
        var output = new RunningOutput(command, redactor, onLine);
        using var stopReading = new CancellationTokenSource();
        Task[] readers =
        [
            output.ReadAsync(process.StandardOutput.BaseStream, isError: false, stopReading.Token),
            output.ReadAsync(process.StandardError.BaseStream, isError: true, stopReading.Token),
        ];
        var reading = Task.WhenAll(readers);
        var writing = WriteInputAsync(process, command);

        var timedOut = false;
        using var limit = new CancellationTokenSource(command.Timeout ?? Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await UntilExitAsync(process, readers, stop.Token);
        }
        catch (OperationCanceledException)
        {
            timedOut = !cancellation.IsCancellationRequested;
            await EndAsync(process, tree, command);
        }
        catch
        {
            await EndAsync(process, tree, command); // whoever listens to the lines threw: the program does not go on alone
            await stopReading.CancelAsync();
            throw;
        }
        await DrainAsync(reading, output, tree, stopReading);
        await writing;

        var result = output.Result(process.ExitCode, time.GetElapsedTime(started));
        cancellation.ThrowIfCancellationRequested();
        if (timedOut)
            throw Failed(
                result,
                $"did not end within {command.Timeout!.Value.TotalSeconds:0.###} s and was stopped",
                output
            );
        if (!command.SuccessExitCodes.Contains(result.ExitCode))
            throw Failed(result, $"failed with exit code {result.ExitCode}", output);
        return result;
    }

    private static ProcessStartInfo StartInfo(Command command)
    {
        string[] wrapper = ProgramStart.Setsid is { } setsid ? [setsid] : [];
        var start = ProgramStart.Prepare(command, wrapper);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    private void RegisterSecrets(Command command)
    {
        foreach (var secret in command.Secrets.Values)
            redactor.Register(secret);
        if (command.SecretInput is { } input)
            redactor.Register(input);
    }

    private static async Task WriteInputAsync(Process process, Command command)
    {
        try
        {
            await using var input = process.StandardInput;
            var text = command.SecretInput?.Reveal() ?? command.StandardInput;
            if (text is not null)
                await input.WriteAsync(text);
        }
        catch (IOException)
        {
            // The program ended, or closed its input, without reading it all: its exit code says whether that is bad.
        }
    }

    /// <summary>Waits for the exit; a reader that fails (its listener threw) ends the wait with that error.</summary>
    private static async Task UntilExitAsync(Process process, Task[] readers, CancellationToken stop)
    {
        var exit = process.WaitForExitAsync(stop);
        var pending = readers.Append(exit).ToList();
        while (!exit.IsCompleted)
        {
            var ended = await Task.WhenAny(pending);
            pending.Remove(ended);
            await ended;
        }
        await exit;
    }

    private static async Task EndAsync(Process process, ProcessTree tree, Command command)
    {
        if (OperatingSystem.IsLinux())
            await tree.EndAsync(command.InterruptOnCancel ? Signal.Interrupt : Signal.Terminate, command.Grace);
        else
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>
    /// Reads what is left. A background process that the program started may hold the streams open for ever: once
    /// nothing comes any more, they are let go. Where nobody is left to hold them, silence only means that this machine
    /// is busy: the end comes, and is waited for, because an answer that is cut off reads like another answer.
    /// </summary>
    private async Task DrainAsync(
        Task reading,
        RunningOutput output,
        ProcessTree tree,
        CancellationTokenSource stopReading
    )
    {
        for (var round = 0; round < LongestDrainRounds; round++)
        {
            var before = output.Chunks;
            if (await Task.WhenAny(reading, Task.Delay(QuietAfterExit, time)) == reading)
                break;
            if (OperatingSystem.IsLinux() && tree.Running().IsEmpty)
            {
                await Task.WhenAny(reading, Task.Delay(LongestDrain, time));
                break;
            }
            if (output.Chunks == before)
                break;
        }
        await stopReading.CancelAsync();
        await reading;
    }

    private CommandFailedException Failed(CommandResult result, string what, RunningOutput output)
    {
        var tail = output.Tail();
        var message = $"{CommandText.Of(result.Command, redactor.Redact)}\n{what}";
        return new CommandFailedException(result, tail.Length == 0 ? message : $"{message}:\n{tail}");
    }
}
