using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>The folders of a sandbox: made private, and removed once nothing of it runs.</summary>
public static class SandboxFolder
{
    /// <summary>Makes a folder that only its owner may enter: Terraform's state holds the database's password.</summary>
    public static void MakePrivate(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The data of a database whose user cannot reach the folder lies elsewhere, behind a link: that goes, too.</summary>
    /// <exception cref="PipelineException">Something still writes there.</exception>
    public static async Task RemoveAsync(SandboxRoot root, CancellationToken cancellation)
    {
        var data = new DirectoryInfo(Path.Combine(root.Location, "postgres", "data"));
        var linked = data.Exists ? data.ResolveLinkTarget(returnFinalTarget: true) : null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (linked is { Exists: true })
                    ((DirectoryInfo)linked).Delete(recursive: true);
                Directory.Delete(root.Location, recursive: true);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (IOException busy) when (attempt < 10)
            {
                // A server that is just ending may still write a last file.
                _ = busy;
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            }
            catch (IOException busy)
            {
                throw new PipelineException(
                    $"{root.Location} could not be removed: {busy.Message}",
                    next: "./build.sh --target=SandboxDown again",
                    inner: busy
                );
            }
        }
    }
}
