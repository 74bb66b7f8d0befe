using System.Security.Cryptography;

namespace Slipway.Tools;

/// <summary>
/// A folder for the files of one dump, readable by nobody else. It goes whatever happened; what a killed run left goes
/// with the next one, which knows by the process id in its name that nobody uses it any more.
/// </summary>
internal sealed class DumpSpool : IDisposable
{
    public const string Prefix = "slipway-dump-";

    public DumpSpool()
    {
        RemoveAbandoned();
        Folder = Path.Combine(
            Path.GetTempPath(),
            $"{Prefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"
        );
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(
                Folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }

    public string Folder { get; }

    /// <summary>pg_dump makes its folder itself, and refuses one that holds something.</summary>
    public string Files => Path.Combine(Folder, "files");

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static void RemoveAbandoned()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, out var process) || PrivateCluster.IsAlive(process))
                continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception other) when (other is IOException or UnauthorizedAccessException)
            {
                // Another user's, or another run removes it at this moment.
            }
        }
    }
}
