using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// A child whose output (<see cref="DumpProcess"/>) or input (<see cref="RestoreProcess"/>) is a stream of bytes too
/// large to keep. The pipe is read or written without a buffer between, and made large where the system allows it.
/// Its standard error is kept, the end of it, without the secrets it was given.
/// </summary>
public abstract partial class PipeProcess : IDisposable
{
    private const int PipeBytes = 1 << 20;
    private const int KeptErrorCharacters = 8_000;
    private const int SetPipeSize = 1031; // F_SETPIPE_SZ

    private readonly Command _command;
    private readonly StringBuilder _error = new();
    private readonly Process _process;
    private bool _killed;
    private bool _inDetails;

    private protected PipeProcess(Command command, bool reads)
    {
        _command = command;
        var start = new ProcessStartInfo(command.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory ?? Path.GetTempPath(),
        };
        foreach (var argument in command.Arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        foreach (var (name, value) in command.Secrets)
            start.Environment[name] = value.Reveal();

        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        try
        {
            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            _process.Dispose();
            throw new CommandFailedException(
                new CommandResult(command, 127, "", failure.Message, TimeSpan.Zero),
                $"'{command.Program}' does not start: {failure.Message}",
                next: "./build.sh --target=Doctor"
            );
        }
        _process.BeginErrorReadLine();
        if (reads)
            _process.StandardInput.Close();
        Pipe = Unbuffered(reads ? _process.StandardOutput.BaseStream : _process.StandardInput.BaseStream, reads);
        if (!reads)
        {
            // Nothing of interest comes back (psql -q prints results of SELECT setval): read and forget.
            _process.OutputDataReceived += (_, _) => { };
            _process.BeginOutputReadLine();
        }
    }

    private protected Stream Pipe { get; }

    public int ProcessId => _process.Id;

    /// <summary>Ends the child at once. The server's backend goes on until its next write: end it by its application name.</summary>
    public void Kill()
    {
        _killed = true;
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <exception cref="CommandFailedException">The child's exit code is not 0.</exception>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await _process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw;
        }
        if (_process.ExitCode != 0)
            throw Failure($"{Name} failed with exit code {_process.ExitCode}: {FirstLine(ErrorTail)}");
    }

    public void Dispose()
    {
        if (!_killed && !_process.HasExited)
            Kill();
        Pipe.Dispose();
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void EndInput() => _process.StandardInput.Close();

    internal string ErrorTail
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    internal CommandFailedException Failure(string message) =>
        new(
            new CommandResult(_command, _process.HasExited ? _process.ExitCode : -1, "", ErrorTail, TimeSpan.Zero),
            message
        );

    private string Name => Path.GetFileName(_command.Program);

    private void Keep(string? line)
    {
        if (line is null)
            return;
        // What follows an error in the server's words are rows of the database; pg_restore knows no terse mode.
        _inDetails =
            line.StartsWith("DETAIL:", StringComparison.Ordinal)
            || line.StartsWith("CONTEXT:", StringComparison.Ordinal)
            || (_inDetails && !line.StartsWith("pg_", StringComparison.Ordinal));
        if (_inDetails)
            return;
        foreach (var secret in _command.Secrets.Values)
        {
            if (!secret.IsEmpty)
                line = line.Replace(secret.Reveal(), Secret.Mask);
        }
        lock (_error)
        {
            _error.AppendLine(line);
            if (_error.Length > KeptErrorCharacters)
                _error.Remove(0, _error.Length - KeptErrorCharacters);
        }
    }

    private static string FirstLine(string text)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
        return line?.Trim() ?? text.Trim();
    }

    private static Stream Unbuffered(Stream stream, bool reads)
    {
        if (!OperatingSystem.IsLinux() || stream is not AnonymousPipeClientStream pipe)
            return stream;
        var handle = pipe.SafePipeHandle.DangerousGetHandle();
        // A refusal (the user's pipe pages are used up) costs speed, nothing else.
        _ = ControlFile((int)handle, SetPipeSize, PipeBytes);
        return new FileStream(
            new SafeFileHandle(handle, ownsHandle: false),
            reads ? FileAccess.Read : FileAccess.Write,
            bufferSize: 0
        );
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(int descriptor, int command, int argument);
}

/// <summary>pg_dump: read <see cref="Output"/> to its end, then <see cref="PipeProcess.WaitAsync"/>.</summary>
public sealed class DumpProcess(Command command) : PipeProcess(command, reads: true)
{
    public Stream Output => Pipe;
}

/// <summary>psql: write to <see cref="Input"/>, <see cref="CloseInput"/>, then <see cref="PipeProcess.WaitAsync"/>.</summary>
public sealed class RestoreProcess(Command command) : PipeProcess(command, reads: false)
{
    public Stream Input => Pipe;

    /// <summary>Tells the child that this was all.</summary>
    public void CloseInput() => EndInput();
}
