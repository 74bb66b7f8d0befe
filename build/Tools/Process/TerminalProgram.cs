using System.Diagnostics;

namespace Slipway.Tools;

/// <summary>Runs a program that needs the user's own terminal, e.g. an editor. Nothing of it is read or kept.</summary>
public static class TerminalProgram
{
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandFailedException">The program is not there.</exception>
    public static async Task<int> RunAsync(Command command, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = ProgramStart.Prepare(command) };
        ProgramStart.Start(process, command);
        // A Ctrl-C in the terminal reaches the program itself; it is waited for, so that it can save what was typed.
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }
}
