using System.Formats.Tar;

namespace Slipway.Tools;

/// <summary>
/// Runs a configured build in a copy of a commit: what is in the working tree and not committed is in no release, and a
/// build leaves nothing in the checkout.
/// </summary>
/// <param name="export">Writes the tree of a commit as a tar file.</param>
public sealed class CommitBuild(ICommandRunner runner, ExportFolder export)
{
    /// <param name="command">Makes the command for the folder that the commit lies in.</param>
    /// <exception cref="CommandFailedException">The build failed.</exception>
    public async Task RunAsync(
        string commitSha,
        Func<string, Command> command,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        var scratch = Directory.CreateTempSubdirectory("slipway-build-");
        try
        {
            var tar = Path.Combine(scratch.FullName, "commit.tar");
            var tree = Path.Combine(scratch.FullName, "tree");
            await export(commitSha, "", tar, cancellation);
            Directory.CreateDirectory(tree);
            await TarFile.ExtractToDirectoryAsync(tar, tree, overwriteFiles: false, cancellation);
            await runner.RunAsync(command(tree), onLine, cancellation);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
