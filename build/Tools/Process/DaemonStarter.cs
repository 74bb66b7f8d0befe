using System.Diagnostics;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Starts programs that must outlive the pipeline.</summary>
public interface IDaemonStarter
{
    /// <summary>
    /// Starts the command in a session of its own: standard input empty, output appended to the log file (readable by
    /// its owner only; it is the program's own, so not redacted). The pid file is there when this returns, and stays:
    /// it is written by the new process itself, so that no crash of ours can leave a program that nobody knows.
    /// </summary>
    /// <exception cref="CommandFailedException">The program is not there, or the pid file cannot be written.</exception>
    Task<DaemonHandle> StartAsync(Command command, string logFile, string pidFile, CancellationToken cancellation);
}

public sealed class DaemonStarter(Redactor redactor, TimeProvider time) : IDaemonStarter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Fixed text; everything that varies arrives as a positional parameter and is never parsed.</summary>
    private const string Script = """
        pid_file=$1 log_file=$2
        shift 2
        exec </dev/null >>"$log_file" 2>&1
        read -r boot </proc/sys/kernel/random/boot_id || exit 126
        read -r stat </proc/$$/stat || exit 126
        printf '%s\n%s\n' "$boot" "$stat" >"$pid_file.$$" || exit 126
        mv -f "$pid_file.$$" "$pid_file" || exit 126
        exec "$@"
        """;

    public async Task<DaemonHandle> StartAsync(
        Command command,
        string logFile,
        string pidFile,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (ProgramStart.Setsid is not { } setsid)
            throw new PipelineException(
                $"{command.Program} cannot be started in the background: this machine has no setsid program and no /proc",
                "Linux with util-linux"
            );
        foreach (var secret in command.Secrets.Values)
            redactor.Register(secret);
        var log = Path.GetFullPath(logFile);
        var pid = Path.GetFullPath(pidFile);
        CreateLog(log);
        Directory.CreateDirectory(Path.GetDirectoryName(pid)!);
        File.Delete(pid);

        using var process = new Process
        {
            StartInfo = ProgramStart.Prepare(command, setsid, "/bin/sh", "-c", Script, "slipway-daemon", pid, log),
        };
        ProgramStart.Start(process, command);
        var started = time.GetTimestamp();
        while (!File.Exists(pid))
        {
            if (process.HasExited || time.GetElapsedTime(started) > Patience)
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
                var message =
                    $"{command.Program} could not be started in the background: {pid} was not written; see {log}";
                throw new CommandFailedException(
                    new CommandResult(command, 126, "", "", time.GetElapsedTime(started)),
                    message
                );
            }
            await Task.Delay(Look, time, CancellationToken.None); // bounded, and the handle must not get lost
        }
        return DaemonHandle.TryRead(pid)!;
    }

    private static void CreateLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
    }
}
