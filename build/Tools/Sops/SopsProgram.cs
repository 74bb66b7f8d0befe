using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// Edits the secrets files of environments with the <c>sops</c> program, in the user's terminal. What it leaves counts
/// when it can be opened; else the file is put back as it was.
/// </summary>
/// <param name="root">Folder that a declaration's file is relative to.</param>
public sealed class SopsProgram(Sops reader, string root)
{
    private readonly SopsFiles _files = new(root);

    /// <summary>The command, as the file needs it.</summary>
    public async Task<Command> CommandAsync(SecretsDeclaration declaration, CancellationToken cancellation = default)
    {
        var text = await _files.TextAsync(declaration, cancellation);
        return await SopsFiles.NamedAsync(
            declaration,
            () =>
                Task.FromResult(SopsCommands.Edit(_files.PathOf(declaration), SopsDocument.Parse(text).Format).In(root))
        );
    }

    /// <param name="identityFile">Handed over in its variable; null: the program finds the user's own.</param>
    /// <returns>Whether the file changed.</returns>
    /// <exception cref="PipelineException">
    /// There is no such program, the file cannot be opened before or after, or the program failed.
    /// </exception>
    public async Task<bool> EditAsync(
        SecretsDeclaration declaration,
        string? identityFile,
        CancellationToken cancellation = default
    )
    {
        var command = await CommandAsync(declaration, cancellation);
        if (ProgramPath.Find(command.Program) is null)
        {
            throw new PipelineException(
                ExitCode.Usage,
                "the sops program is not on this machine",
                "--set=NAME and --remove=NAME need no program",
                declaration.Line("--set=NAME")
            );
        }

        // What was broken before is not laid at the program's door.
        await reader.DemandSoundAsync(declaration, cancellation);
        var before = await _files.BytesAsync(declaration, cancellation);
        if (identityFile is not null)
            command = command.With(AgeKeys.FileVariable, identityFile);
        // Looked at in any case: a Ctrl-C reaches the program, too, and may end it while it writes.
        var code = await TerminalProgram.RunAsync(command, CancellationToken.None);
        await DemandSoundOrPutBackAsync(declaration, before);
        cancellation.ThrowIfCancellationRequested();
        // 200: closed without a change.
        return code is 0 or 200
            ? code == 0
            : throw new PipelineException(
                $"sops failed with exit code {code}; it said why above",
                $"{declaration.File} edited, or left as it was",
                declaration.Line("--edit")
            );
    }

    private async Task DemandSoundOrPutBackAsync(SecretsDeclaration declaration, byte[] before)
    {
        try
        {
            await reader.DemandSoundAsync(declaration, CancellationToken.None);
        }
        catch (SopsException broken)
        {
            // It may hold values in plain text, which are not to lie there until somebody commits them.
            await _files.WriteAsync(declaration, before, CancellationToken.None);
            throw new PipelineException(
                $"what sops left cannot be used, and the file is put back as it was before: {broken.Message}",
                broken.Expected,
                declaration.Line("--set=NAME"),
                broken
            );
        }
    }
}
