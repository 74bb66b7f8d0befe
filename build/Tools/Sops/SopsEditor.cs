using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>Changes the secrets files of environments, so that nobody needs the <c>sops</c> program.</summary>
/// <param name="keys">The identities at hand; a new file needs none.</param>
/// <param name="root">Folder that a declaration's file is relative to.</param>
/// <param name="runner">Runs <c>age</c> for identities that are not native; null: those are passed over.</param>
public sealed class SopsEditor(AgeKeys keys, string root, TimeProvider time, ICommandRunner? runner = null)
{
    private readonly SopsKeyring _keyring = new(keys, runner);
    private readonly SopsFiles _files = new(root);

    /// <summary>Writes a new file for the declared recipients.</summary>
    /// <param name="values">What it starts with; may be empty.</param>
    /// <param name="replace">Whether a file that is there may be lost, e.g. a shipped example whose key nobody has.</param>
    public async Task InitAsync(
        SecretsDeclaration declaration,
        ImmutableSortedDictionary<string, Secret> values,
        bool replace,
        CancellationToken cancellation = default
    )
    {
        if (!replace && File.Exists(_files.PathOf(declaration)))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{declaration.File}: is already there",
                "no file, or --force --reason to lose what it holds",
                declaration.Line("--set=NAME")
            );
        }

        foreach (var (name, value) in values)
        {
            SecretsDemands.Settable(declaration, name, value);
        }

        var text = SopsWriter.Init(Recipients(declaration), values, time.GetUtcNow());
        await _files.WriteAsync(declaration, text, cancellation);
    }

    /// <returns>Whether the file changed; the same value again leaves it as it is to the byte.</returns>
    public Task<bool> SetAsync(
        SecretsDeclaration declaration,
        string name,
        Secret value,
        CancellationToken cancellation = default
    )
    {
        SecretsDemands.Settable(declaration, name, value);
        return EditAsync(
            declaration,
            demandEnvelope: true,
            (text, key) => SopsWriter.Set(text, key, name, value, time.GetUtcNow()),
            cancellation
        );
    }

    /// <returns>Whether it was there.</returns>
    public Task<bool> RemoveAsync(
        SecretsDeclaration declaration,
        string name,
        CancellationToken cancellation = default
    ) =>
        EditAsync(
            declaration,
            demandEnvelope: true,
            (text, key) => SopsWriter.Remove(text, key, name, time.GetUtcNow()),
            cancellation
        );

    /// <summary>A new data key for exactly the declared recipients, whoever the file was for before.</summary>
    public async Task RotateAsync(SecretsDeclaration declaration, CancellationToken cancellation = default)
    {
        var recipients = Recipients(declaration);
        await EditAsync(
            declaration,
            demandEnvelope: false,
            (text, key) => SopsWriter.Rotate(text, key, recipients, time.GetUtcNow()),
            cancellation
        );
    }

    /// <param name="demandEnvelope">
    /// Whether a file for other recipients than the declared ones is refused: what is added to it would be theirs to read.
    /// </param>
    private async Task<bool> EditAsync(
        SecretsDeclaration declaration,
        bool demandEnvelope,
        Func<string, SopsDataKey, string> edit,
        CancellationToken cancellation
    )
    {
        var text = await _files.TextAsync(declaration, cancellation);
        var edited = await SopsFiles.NamedAsync(
            declaration,
            async () =>
            {
                var document = SopsDocument.Parse(text);
                if (demandEnvelope)
                {
                    SecretsDemands.None(
                        declaration,
                        SecretsRules.CheckEnvelope(declaration, SopsSecrets.Inspect(document))
                    );
                }

                return edit(text, await _keyring.OpenAsync(document.Metadata, cancellation));
            }
        );
        if (edited == text)
        {
            return false;
        }

        await _files.WriteAsync(declaration, edited, cancellation);
        return true;
    }

    private static ImmutableArray<AgeRecipient> Recipients(SecretsDeclaration declaration)
    {
        if (declaration.Recipients.IsEmpty)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{declaration.File}: the configuration names nobody who may decrypt it",
                "age recipients in secretRecipients of the environment's environment.json",
                "age-keygen -o key.txt (prints the recipient)"
            );
        }

        return
        [
            .. declaration.Recipients.Select(recipient =>
                AgeRecipient.TryParse(recipient)
                ?? throw new PipelineException(
                    ExitCode.Usage,
                    $"{declaration.File}: {recipient} in secretRecipients is no age X25519 recipient",
                    "age1… as age-keygen prints it"
                )
            ),
        ];
    }
}
