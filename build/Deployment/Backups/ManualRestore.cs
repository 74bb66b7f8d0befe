using System.Collections.Immutable;

namespace Slipway.Backups;

/// <summary>
/// The commands of the deployment guide, for a person at a POSIX shell who has nothing but the object: create an
/// empty database beside the one in use, restore into it. The password comes from PGPASSWORD or ~/.pgpass.
/// </summary>
public static class ManualRestore
{
    /// <param name="location">Of the object, <c>file:///…</c> or <c>s3://…</c>.</param>
    /// <param name="endpoint">Of an S3-compatible server that is not AWS.</param>
    public static ImmutableArray<string> Commands(
        Uri location,
        string host,
        int port,
        string user,
        string newDatabase,
        DatabaseDescription like,
        Uri? endpoint = null
    )
    {
        var connection = $"-h {Quote(host)} -p {port} -U {Quote(user)}";
        var read = location.IsFile
            ? $"cat {Quote(location.LocalPath)}"
            : $"aws s3 cp {Quote(location.OriginalString)} -"
                + (endpoint is null ? "" : $" --endpoint-url {Quote(endpoint.OriginalString)}");
        return
        [
            $"createdb {connection} -T template0 -E {Quote(like.Encoding)} --lc-collate={Quote(like.Collate)} --lc-ctype={Quote(like.CType)} {Quote(newDatabase)}",
            $"{read} | gunzip | psql -X -v ON_ERROR_STOP=1 {connection} -d {Quote(newDatabase)}",
        ];
    }

    /// <summary>One word for a POSIX shell, whatever is in it.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
            ? text
            : "'" + text.Replace("'", "'\\''") + "'";
}
