using System.ComponentModel;
using System.Diagnostics;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Turns a command into the start of a process, after checking what can be checked before.</summary>
internal static class ProgramStart
{
    private const int LongEnoughToBeChosen = 8;

    /// <exception cref="CommandFailedException">The program is not there.</exception>
    /// <exception cref="PipelineException">The folder is not there, or the command would show a secret.</exception>
    public static ProcessStartInfo Prepare(Command command, params IEnumerable<string> wrapper)
    {
        Check(command);
        string[] argv = [.. wrapper, FindProgram(command), .. command.Arguments];
        var start = new ProcessStartInfo(argv[0], argv[1..])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in command.Environment)
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        foreach (var (name, value) in command.Secrets)
            start.Environment[name] = value.Reveal();
        return start;
    }

    /// <summary>util-linux's <c>setsid</c>; null where there is none (macOS, Windows).</summary>
    public static string? Setsid { get; } = OperatingSystem.IsLinux() ? ProgramPath.Find("setsid") : null;

    public static Process Start(Process process, Command command)
    {
        try
        {
            process.Start();
            return process;
        }
        catch (Win32Exception failed)
        {
            throw NotStarted(command, $"{command.Program} cannot be started: {failed.Message}");
        }
    }

    private static void Check(Command command)
    {
        if (command.WorkingDirectory is { } folder && !Directory.Exists(folder))
            throw new PipelineException($"{command.Program} cannot run in {folder}: there is no such folder");
        foreach (var name in command.Environment.Keys.Concat(command.Secrets.Keys))
            if (
                name.Length == 0
                || name.Contains('=', StringComparison.Ordinal)
                || name.Contains('\0', StringComparison.Ordinal)
            )
                throw new PipelineException($"{command.Program}: an environment variable has no valid name");
        if (command.Arguments.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
            throw new PipelineException(
                $"{command.Program}: an argument holds a NUL character, which no program can be given"
            );
        var secrets = command.Secrets.Values.Append(command.SecretInput).OfType<Secrets.Secret>();
        foreach (
            var secret in secrets.Select(secret => secret.Reveal()).Where(value => value.Length >= LongEnoughToBeChosen)
        )
            if (command.Arguments.Any(argument => argument.Contains(secret, StringComparison.Ordinal)))
                throw new PipelineException(
                    $"{command.Program} was to get a secret as an argument, where every process of the machine can read it",
                    "secrets travel by environment variable or standard input"
                );
    }

    private static string FindProgram(Command command)
    {
        command.Environment.TryGetValue("PATH", out var path);
        return ProgramPath.Find(command.Program, path, command.WorkingDirectory)
            ?? throw NotStarted(command, $"{command.Program} is not installed, or is not on PATH");
    }

    private static CommandFailedException NotStarted(Command command, string message) =>
        new(new CommandResult(command, 127, "", message, TimeSpan.Zero), message, "./build.sh --target=Doctor");
}
