using System.Security.Cryptography;

namespace Slipway.Tools;

/// <summary>
/// Opens envelopes with identities that only the <c>age</c> program knows. The data key is raw bytes, which do not survive
/// standard output read as text: it goes through a file in a folder of its own, in memory where the system has such a
/// place, and is wiped at once.
/// </summary>
internal sealed class AgeProgram(ICommandRunner runner)
{
    private const string MemoryFolder = "/dev/shm";

    /// <returns>Null when the identity does not open it.</returns>
    /// <exception cref="CommandFailedException">The program is not there.</exception>
    public async Task<byte[]?> OpenAsync(string envelope, ForeignIdentity identity, CancellationToken cancellation)
    {
        var folder = PrivateFolder();
        var opened = Path.Combine(folder, "opened");
        try
        {
            var sealedFile = Path.Combine(folder, "sealed.age");
            await File.WriteAllTextAsync(sealedFile, envelope, cancellation);
            var command = SopsCommands
                .OpenEnvelope(identity.Text is null ? identity.Source : "-", sealedFile, opened)
                .In(folder) with
            {
                SecretInput = identity.Text,
            };
            var result = await runner.RunAsync(command, cancellation: cancellation);
            return result.ExitCode == 0 && File.Exists(opened)
                ? await File.ReadAllBytesAsync(opened, cancellation)
                : null;
        }
        finally
        {
            Wipe(opened);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string PrivateFolder()
    {
        var parent = Directory.Exists(MemoryFolder) ? MemoryFolder : Path.GetTempPath();
        var folder = Path.Combine(parent, "slipway-" + RandomNumberGenerator.GetHexString(16, lowercase: true));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }

        return folder;
    }

    private static void Wipe(string file)
    {
        if (File.Exists(file))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
            stream.Write(new byte[stream.Length]);
        }
    }
}
