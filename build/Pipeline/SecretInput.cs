using System.Text;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Pipeline;

/// <summary>A value that somebody hands in: asked for at a terminal without showing it, else read from standard input.</summary>
public static class SecretInput
{
    /// <summary>Characters; a value is a key or a certificate, not a file.</summary>
    private const int Longest = 1024 * 1024;

    /// <exception cref="PipelineException">It is too long, or no text.</exception>
    public static async Task<Secret> ReadAsync(HostPorts host, string name, CancellationToken cancellation)
    {
        if (host.AskHidden is { } ask)
            return new Secret(ask($"value of {name} (it is not shown):", cancellation) ?? "");
        if (!Console.IsInputRedirected)
            throw new PipelineException(
                ExitCode.Usage,
                "the value would be shown while it is typed: the output does not go to this terminal",
                "the value on standard input",
                $"printf %s \"$VALUE\" | ./build.sh --target=Secrets --environment=ENV --set={name}"
            );
        await using var input = Console.OpenStandardInput();
        return new Secret(Text(await ReadAsync(input, name, cancellation), name));
    }

    /// <summary>UTF-8 without the one line end that <c>echo</c> and editors add.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
                : text.EndsWith('\n') ? text[..^1]
                : text;
        }
        catch (DecoderFallbackException)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"--set={name}: standard input is not text",
                "UTF-8",
                $"base64 -w0 FILE | ./build.sh --target=Secrets --environment=ENV --set={name}"
            );
        }
    }

    private static async Task<byte[]> ReadAsync(Stream input, string name, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = await input.ReadAsync(buffer, cancellation).AsTask().WaitAsync(cancellation)) > 0; )
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > Longest)
                throw new PipelineException(ExitCode.Usage, $"--set={name}: the value is longer than {Longest} bytes");
        }
        return bytes.ToArray();
    }
}
