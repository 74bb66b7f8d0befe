using System.Text.Json.Serialization;

namespace Slipway.Backups;

/// <summary>What a backup's object is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BackupFormat>))]
public enum BackupFormat
{
    /// <summary>The SQL, as gzip: one stream from the server to the store, nothing on a disk between.</summary>
    [JsonStringEnumMemberName("sql")]
    Sql,

    /// <summary>The files of pg_dump's directory format, as tar: dumped and restored by several connections at once.</summary>
    [JsonStringEnumMemberName("directory")]
    Directory,
}

/// <summary>A file inside a backup of <see cref="BackupFormat.Directory"/>.</summary>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record DumpedFile(string Name, long Bytes, string Sha256);
