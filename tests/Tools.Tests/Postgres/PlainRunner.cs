using System.Diagnostics;

namespace Slipway.Tools.Tests;

/// <summary>The shortest way to run a command, so that these tests stand on nothing but their own folder.</summary>
internal sealed class PlainRunner : ICommandRunner
{
    public async Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        var start = new ProcessStartInfo(command.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var argument in command.Arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        foreach (var (name, value) in command.Secrets)
            start.Environment[name] = value.Reveal();

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.StandardInput.WriteAsync(command.SecretInput?.Reveal() ?? command.StandardInput ?? "");
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(command.Timeout ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        var result = new CommandResult(command, process.ExitCode, await output, await error, watch.Elapsed);
        foreach (var line in result.Output.Split('\n'))
            onLine?.Invoke(new OutputLine(false, line));
        return command.SuccessExitCodes.Contains(result.ExitCode)
            ? result
            : throw new CommandFailedException(
                result,
                $"{Path.GetFileName(command.Program)} failed with exit code {result.ExitCode}: {result.Error}{result.Output}"
            );
    }
}
