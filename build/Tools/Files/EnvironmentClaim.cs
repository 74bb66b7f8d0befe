using System.Globalization;
using System.Text;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// One process at a time works on an environment of this machine. The claim is a lock that the operating system holds for
/// the process: it ends with it, however it ends, so a dead holder needs no clean-up. The file only says who it is.
/// </summary>
public sealed class EnvironmentClaim : IDisposable
{
    private readonly FileStream _lock;

    private EnvironmentClaim(FileStream held) => _lock = held;

    /// <param name="path">The file that is locked; its neighbour <c>.holder</c> names the holder.</param>
    /// <exception cref="PipelineException">Held by a living process: who, since when, what to type (exit 12).</exception>
    public static EnvironmentClaim Take(string path, string environment, string holder, TimeProvider time)
    {
        var note = path + ".holder";
        try
        {
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(
                note,
                $"{holder}, process {Environment.ProcessId}, since {time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC"
            );
            return new EnvironmentClaim(held);
        }
        catch (IOException busy) when (File.Exists(path) && busy is not PathTooLongException and not DirectoryNotFoundException)
        {
            throw new PipelineException(
                ExitCode.Locked,
                $"{environment} is held by {ReadNote(note)}",
                "one deployment to an environment at a time",
                "wait for it, or end it with Ctrl-C in its terminal; a dead holder's claim is gone with it",
                busy
            );
        }
    }

    public void Dispose() => _lock.Dispose();

    private static string ReadNote(string note)
    {
        try
        {
            return File.ReadAllText(note, Encoding.UTF8);
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
