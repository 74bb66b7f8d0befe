using System.Collections.Immutable;
using System.Security.Cryptography;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>Reads the secrets files of environments. The plaintext is in memory only.</summary>
/// <param name="keys">The identities at hand.</param>
/// <param name="root">Folder that a declaration's file is relative to.</param>
/// <param name="runner">Runs <c>age</c> for identities that are not native; null: those are passed over.</param>
public sealed class Sops(AgeKeys keys, string root, ICommandRunner? runner = null)
{
    private readonly SopsKeyring _keyring = new(keys, runner);
    private readonly SopsFiles _files = new(root);

    /// <summary>The secrets of an environment, held against its declaration.</summary>
    /// <exception cref="SopsException">Not a SOPS file, no key, or changed since it was written.</exception>
    /// <exception cref="SecretsRefusedException">Sound, but not what the configuration declares.</exception>
    public async Task<EnvironmentSecrets> ReadAsync(
        SecretsDeclaration declaration,
        CancellationToken cancellation = default
    )
    {
        var bytes = await _files.BytesAsync(declaration, cancellation);
        var text = SopsFiles.Text(bytes, declaration);
        return await SopsFiles.NamedAsync(
            declaration,
            async () =>
            {
                var document = SopsDocument.Parse(text);
                SecretsDemands.None(
                    declaration,
                    SecretsRules.CheckEnvelope(declaration, SopsSecrets.Inspect(document))
                );
                var key = await _keyring.OpenAsync(document.Metadata, cancellation);
                var secrets = SopsSecrets.Decrypt(document, key);
                SecretsDemands.None(
                    declaration,
                    SecretsRules.Check(declaration, SopsSecrets.Inspect(document, secrets))
                );
                return new EnvironmentSecrets(
                    secrets.ToImmutableSortedDictionary(
                        secret => secret.Name,
                        secret => secret.Value,
                        StringComparer.Ordinal
                    ),
                    Convert.ToHexStringLower(SHA256.HashData(bytes))
                );
            }
        );
    }

    /// <summary>What can be checked without a key. What is wrong with the file is its answer, not an exception.</summary>
    public async Task<SecretsReport> CheckAsync(
        SecretsDeclaration declaration,
        CancellationToken cancellation = default
    )
    {
        try
        {
            return SopsCheck.Run(await _files.TextAsync(declaration, cancellation), declaration);
        }
        catch (SopsException exception)
        {
            return SecretsReport.Refused(exception);
        }
    }

    /// <summary>The names in the file, in its order. A binary file shows them with a key only.</summary>
    public async Task<ImmutableArray<string>> ListAsync(
        SecretsDeclaration declaration,
        CancellationToken cancellation = default
    )
    {
        var text = await _files.TextAsync(declaration, cancellation);
        return await SopsFiles.NamedAsync(
            declaration,
            async () =>
            {
                var document = SopsDocument.Parse(text);
                if (SopsSecrets.Inspect(document).Entries is { } visible)
                {
                    return [.. visible.Select(entry => entry.Name)];
                }

                var key = await _keyring.OpenAsync(document.Metadata, cancellation);
                return SopsSecrets.Decrypt(document, key).Select(secret => secret.Name).ToImmutableArray();
            }
        );
    }

    /// <summary>Whether a key at hand opens it, and nothing in it is plain or was changed; its names are not looked at.</summary>
    /// <exception cref="SopsException">It is not so, and why.</exception>
    public async Task DemandSoundAsync(SecretsDeclaration declaration, CancellationToken cancellation = default)
    {
        var text = await _files.TextAsync(declaration, cancellation);
        await SopsFiles.NamedAsync(
            declaration,
            async () =>
            {
                var document = SopsDocument.Parse(text);
                return SopsSecrets.Decrypt(document, await _keyring.OpenAsync(document.Metadata, cancellation));
            }
        );
    }
}
