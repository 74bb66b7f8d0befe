namespace Slipway.Tools;

/// <summary>
/// Runs a configured command in a copy of a commit: what is in the working tree and not committed is in no release, and a
/// build leaves nothing in the checkout.
/// </summary>
/// <param name="export">Writes the tree of a commit as a tar file.</param>
public sealed class CommitBuild(ICommandRunner runner, ExportFolder export)
{
    /// <param name="command">Makes the command for the folder that the commit lies in.</param>
    /// <exception cref="CommandFailedException">The command failed.</exception>
    public async Task RunAsync(
        string commitSha,
        Func<string, Command> command,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        using var tree = await ExportedFolder.CreateAsync(export, commitSha, "", cancellation);
        await runner.RunAsync(command(tree.Location), onLine, cancellation);
    }
}
