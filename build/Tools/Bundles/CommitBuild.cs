using System.Collections.Immutable;
using System.Formats.Tar;

namespace Slipway.Tools;

/// <summary>
/// Runs a configured build in a copy of a commit: what is in the working tree and not committed is in no release, and a
/// build leaves nothing in the checkout.
/// </summary>
/// <param name="export">Writes the tree of a commit as a tar file.</param>
public sealed class CommitBuild(ICommandRunner runner, ExportFolder export)
{
    /// <param name="arguments">argv; a program with a <c>/</c> is one of the commit's own, the others are found on PATH.</param>
    /// <exception cref="CommandFailedException">The build failed.</exception>
    public async Task RunAsync(
        string commitSha,
        ImmutableArray<string> arguments,
        ImmutableSortedDictionary<string, string> variables,
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
            var program = arguments[0].Contains('/', StringComparison.Ordinal)
                ? ContainedProgram(tree, arguments[0])
                : arguments[0];
            var command = Command.Of(program, arguments.Skip(1)).In(tree);
            foreach (var (name, value) in variables)
                command = command.With(name, value);
            await runner.RunAsync(command, onLine, cancellation);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static string ContainedProgram(string tree, string program) =>
        Path.IsPathRooted(program) ? program : Path.Combine(tree, program);
}
