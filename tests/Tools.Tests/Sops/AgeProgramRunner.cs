using System.Diagnostics;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>Runs <c>age</c> and <c>age-keygen</c> for these tests, with bytes in and out.</summary>
internal sealed class AgeProgramRunner : ICommandRunner
{
    public List<Command> Commands { get; } = [];

    public async Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    )
    {
        Commands.Add(command);
        var input = System.Text.Encoding.UTF8.GetBytes(command.SecretInput?.Reveal() ?? "");
        var (exitCode, output, error) = await RunAsync(command.Program, command.Arguments, input);
        var result = new CommandResult(command, exitCode, System.Text.Encoding.UTF8.GetString(output), error, default);
        return command.SuccessExitCodes.Contains(exitCode)
            ? result
            : throw new CommandFailedException(result, $"{command.Program} failed");
    }

    /// <returns>Standard output of a program that ended well.</returns>
    public static async Task<byte[]> OutputAsync(string program, byte[] input, params IEnumerable<string> arguments)
    {
        var (exitCode, output, error) = await RunAsync(program, arguments, input);
        exitCode.ShouldBe(0, error);
        return output;
    }

    private static async Task<(int ExitCode, byte[] Output, string Error)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        byte[] input
    )
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        var copying = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
        var error = await process.StandardError.ReadToEndAsync(limit.Token);
        await copying;
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output.ToArray(), error);
    }
}
