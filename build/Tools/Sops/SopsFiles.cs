using System.Security.Cryptography;
using System.Text;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>Secrets files on disk, below a root. Only what is encrypted passes through here.</summary>
internal sealed class SopsFiles(string root)
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public string PathOf(SecretsDeclaration declaration) => Path.Combine(root, declaration.File);

    public async Task<byte[]> BytesAsync(SecretsDeclaration declaration, CancellationToken cancellation)
    {
        var path = PathOf(declaration);
        return File.Exists(path)
            ? await File.ReadAllBytesAsync(path, cancellation)
            : throw new SopsException(
                SopsRefusal.Parse,
                $"{declaration.File}: is not there",
                "a file encrypted by SOPS",
                declaration.Line("--init")
            );
    }

    public async Task<string> TextAsync(SecretsDeclaration declaration, CancellationToken cancellation) =>
        Text(await BytesAsync(declaration, cancellation), declaration);

    /// <summary>Written beside the file, then moved over it: a crash leaves the old one or the new one.</summary>
    public Task WriteAsync(SecretsDeclaration declaration, string text, CancellationToken cancellation) =>
        WriteAsync(declaration, Strict.GetBytes(text), cancellation);

    /// <inheritdoc cref="WriteAsync(SecretsDeclaration, string, CancellationToken)"/>
    public async Task WriteAsync(SecretsDeclaration declaration, byte[] bytes, CancellationToken cancellation)
    {
        var path = PathOf(declaration);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp";
        try
        {
            await File.WriteAllBytesAsync(temporary, bytes, cancellation);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static string Text(byte[] bytes, SecretsDeclaration declaration)
    {
        try
        {
            return Strict.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new SopsException(SopsRefusal.Parse, $"{declaration.File}: is not UTF-8", "a file encrypted by SOPS");
        }
    }

    /// <summary>Names the file in whatever refusal the work ends with.</summary>
    public static async Task<T> NamedAsync<T>(SecretsDeclaration declaration, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (SopsException exception)
        {
            throw exception.In(declaration.File);
        }
    }
}
