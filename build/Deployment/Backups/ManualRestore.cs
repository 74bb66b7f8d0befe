using System.Collections.Immutable;

namespace Slipway.Backups;

/// <summary>
/// The commands of the deployment guide, for a person at a POSIX shell who has nothing but the object: create an
/// empty database beside the one in use, restore into it. The password comes from PGPASSWORD or ~/.pgpass.
/// </summary>
public static class ManualRestore
{
    private const int Jobs = 2;

    /// <param name="location">Of the object, <c>file:///…</c> or <c>s3://…</c>.</param>
    /// <param name="format">What the object is.</param>
    /// <param name="endpoint">Of an S3-compatible server that is not AWS.</param>
    public static ImmutableArray<string> Commands(
        Uri location,
        BackupFormat format,
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
        var create =
            $"createdb {connection} -T template0 -E {Quote(like.Encoding)} --lc-collate={Quote(like.Collate)} --lc-ctype={Quote(like.CType)} {Quote(newDatabase)}";
        if (format == BackupFormat.Sql)
            return [create, $"{read} | gunzip | psql -X -v ON_ERROR_STOP=1 {connection} -d {Quote(newDatabase)}"];
        var folder = Quote($"{newDatabase}.dump");
        return
        [
            create,
            $"mkdir -m 700 {folder} && {read} | tar -x -C {folder}",
            $"pg_restore -e -j {Jobs} {connection} -d {Quote(newDatabase)} {folder} && rm -r {folder}",
        ];
    }

    /// <summary>One word for a POSIX shell, whatever is in it.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
            ? text
            : "'" + text.Replace("'", "'\\''") + "'";
}
