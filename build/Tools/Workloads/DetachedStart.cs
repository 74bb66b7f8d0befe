using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <param name="Environment">The whole environment of the program: nothing is inherited, so no token of the build leaks.</param>
/// <param name="LogFile">Standard output and error are appended here; standard input is empty.</param>
public sealed record DetachedCommand(
    string Program,
    ImmutableArray<string> Arguments,
    string WorkingDirectory,
    ImmutableSortedDictionary<string, string> Environment,
    string LogFile
);

/// <summary>Starts programs that outlive this one and its terminal.</summary>
public interface IDetachedStart
{
    /// <summary>The id of the new process, which leads its own session and process group.</summary>
    int Start(DetachedCommand command);
}

/// <summary>
/// <c>posix_spawn</c> into a new session, with output to a file and every other open file closed: a pipe or a lock of the
/// build that stays open in a child would hold up whoever waits for it. System.Diagnostics.Process cannot do any of that.
/// </summary>
public sealed partial class DetachedStart : IDetachedStart
{
    /// <summary>More than any libc needs for its attribute and file-action types (glibc: 336 and 80 bytes).</summary>
    private const int Opaque = 1024;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const int WriteOnly = 1;
    private const int NoEntry = 2;

    private static short NewSession => (short)(OperatingSystem.IsMacOS() ? 0x400 : 0x80);

    private static int CreateAndAppend => OperatingSystem.IsMacOS() ? 0x200 | 0x8 : 0x40 | 0x400;

    public unsafe int Start(DetachedCommand command)
    {
        var actions = stackalloc byte[Opaque];
        var attributes = stackalloc byte[Opaque];
        var signals = stackalloc byte[Opaque];
        Check(command, FileActionsInit(actions));
        Check(command, AttributesInit(attributes));
        try
        {
            Check(command, AddOpen(actions, 0, "/dev/null", 0, 0));
            Check(command, AddOpen(actions, 1, command.LogFile, WriteOnly | CreateAndAppend, 0b110_000_000));
            Check(command, AddDuplicate(actions, 1, 2));
            Check(command, AddChangeDirectory(actions, command.WorkingDirectory));
            CloseOthers(command, actions);
            _ = SignalsEmpty(signals);
            Check(command, SetMask(attributes, signals));
            foreach (var signal in (ReadOnlySpan<int>)[1, 2, 3, 13, 15])
                _ = SignalsAdd(signals, signal); // HUP, INT, QUIT, PIPE, TERM: .NET changes what they do
            Check(command, SetDefaults(attributes, signals));
            Check(command, SetFlags(attributes, (short)(NewSession | SetSignalDefaults | SetSignalMask)));
            return Spawn(command, actions, attributes);
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    private static unsafe int Spawn(DetachedCommand command, byte* actions, byte* attributes)
    {
        using var argv = new TextArray([command.Program, .. command.Arguments]);
        using var envp = new TextArray([.. command.Environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        Check(command, SpawnPath(out var pid, command.Program, actions, attributes, argv.Pointer, envp.Pointer));
        return pid;
    }

    private static unsafe void CloseOthers(DetachedCommand command, byte* actions)
    {
        try
        {
            Check(command, AddCloseFrom(actions, 3));
        }
        catch (EntryPointNotFoundException)
        {
            // A libc without it (before glibc 2.34, macOS): .NET's own files close by themselves.
        }
    }

    private static void Check(DetachedCommand command, int error)
    {
        if (error == 0)
            return;
        throw new PipelineException(
            $"{command.Program} cannot be started in {command.WorkingDirectory}: {Marshal.GetPInvokeErrorMessage(error)}",
            error == NoEntry ? $"{command.Program} on PATH, and the folder" : null,
            error == NoEntry ? "./build.sh --target=Doctor" : null
        );
    }

    /// <summary>A NULL-terminated array of C strings.</summary>
    private sealed unsafe class TextArray : IDisposable
    {
        private readonly int _count;

        public TextArray(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                if (texts[i].Contains('\0', StringComparison.Ordinal))
                    throw new PipelineException("an argument or a variable holds a NUL character");
                var length = Encoding.UTF8.GetByteCount(texts[i]);
                Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
                Encoding.UTF8.GetBytes(texts[i], new Span<byte>(Pointer[i], length));
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
                NativeMemory.Free(Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int SpawnPath(
        out int pid,
        string file,
        byte* actions,
        byte* attributes,
        byte** argv,
        byte** envp
    );

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static unsafe partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport(
        "libc",
        EntryPoint = "posix_spawn_file_actions_addchdir_np",
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static unsafe partial int AddChangeDirectory(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static unsafe partial int AddCloseFrom(byte* actions, int first);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static unsafe partial int SignalsEmpty(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static unsafe partial int SignalsAdd(byte* signals, int signal);
}
