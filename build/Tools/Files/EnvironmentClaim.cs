using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Who works on an environment.</summary>
/// <param name="Name">Person and target, as the holder said it.</param>
public sealed record ClaimHolder(string Name, int ProcessId, DateTimeOffset Since);

/// <summary>
/// One process at a time works on an environment of this machine. The claim is a lock that the operating system holds for
/// the process: it ends with it, however it ends, so a dead holder needs no clean-up. The file only says who it is.
/// </summary>
public sealed partial class EnvironmentClaim : IDisposable
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
        catch (IOException busy)
            when (File.Exists(path) && busy is not PathTooLongException and not DirectoryNotFoundException)
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

    /// <summary>Who holds a claim now; null when nobody does.</summary>
    public static ClaimHolder? HolderOf(string path)
    {
        if (!File.Exists(path) || Note().Match(ReadNote(path + ".holder")) is not { Success: true } note)
            return null;
        var holder = new ClaimHolder(
            note.Groups["name"].Value,
            int.Parse(note.Groups["process"].Value, CultureInfo.InvariantCulture),
            DateTimeOffset.ParseExact(
                note.Groups["since"].Value,
                "yyyy-MM-dd HH:mm:ss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal
            )
        );
        // The lock is tried only where the process lives: a look never stands in the way of one that wants the claim.
        return IsAlive(holder.ProcessId) && IsLocked(path) ? holder : null;
    }

    public void Dispose() => _lock.Dispose();

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [GeneratedRegex(
        @"\A(?<name>.*), process (?<process>[0-9]{1,9}), since (?<since>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) UTC\z",
        RegexOptions.NonBacktracking | RegexOptions.Singleline
    )]
    private static partial Regex Note();

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
