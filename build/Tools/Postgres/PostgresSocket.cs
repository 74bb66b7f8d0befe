using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Slipway.Tools;

/// <summary>A connection to the server as its URL asks: plain or encrypted, verified or not, as libpq understands <c>sslmode</c>.</summary>
internal static class PostgresSocket
{
    private static readonly byte[] SslRequest = [0, 0, 0, 8, 4, 210, 22, 47];

    public static async Task<Stream> ConnectAsync(PostgresUrl server, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream? plain = null;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellation);
            plain = new NetworkStream(socket, ownsSocket: true);
            var mode = server.Parameters.GetValueOrDefault("sslmode", "prefer");
            if (mode is "disable" or "allow")
                return plain;
            await plain.WriteAsync(SslRequest, cancellation);
            var answer = new byte[1];
            await plain.ReadExactlyAsync(answer, cancellation);
            if (answer[0] == 'S')
                return await EncryptAsync(plain, server, mode, cancellation);
            return mode == "prefer"
                ? plain
                : throw new IOException("the server does not encrypt, and sslmode demands it");
        }
        catch
        {
            if (plain is not null)
                await plain.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> EncryptAsync(
        Stream plain,
        PostgresUrl server,
        string mode,
        CancellationToken cancellation
    )
    {
        var root = server.Parameters.GetValueOrDefault("sslrootcert");
        var verifies = mode is "verify-ca" or "verify-full" || (mode == "require" && root is not null);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = server.Host,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                !verifies || IsTrusted(certificate, errors, root, checksName: mode == "verify-full"),
        };
        if (server.Parameters.TryGetValue("sslcert", out var own))
        {
            options.ClientCertificates =
            [
                X509Certificate2.CreateFromPemFile(own, server.Parameters.GetValueOrDefault("sslkey")),
            ];
        }
        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsClientAsync(options, cancellation);
        return encrypted;
    }

    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, string? root, bool checksName)
    {
        if (certificate is null || (checksName && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)))
            return false;
        if (root is null or "system")
            return !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(root);
        return chain.Build(new X509Certificate2(certificate));
    }
}
