using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Outcomes;

namespace Slipway.Backups;

/// <summary>The JSON that stands beside a proven backup: with it, and the object, a restore needs nothing else.</summary>
public sealed record BackupMetadata
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>2 for a backup in files, which a program that knows 1 alone could not restore.</summary>
    public int SchemaVersion { get; init; } = 1;

    public required string Environment { get; init; }

    public required BackupResult Backup { get; init; }

    public required DatabaseDescription Database { get; init; }

    /// <summary>Sequence → its last value when the snapshot was taken.</summary>
    public ImmutableSortedDictionary<string, string> Sequences { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The files inside the object; none where it is one stream.</summary>
    public ImmutableArray<DumpedFile> Files { get; init; } = [];

    /// <summary>The token of the dump; null when pg_dump knows none.</summary>
    public string? RestrictKey { get; init; }

    /// <summary>E.g. <c>gzip, members of 1 MiB, level 6</c>.</summary>
    public required string Compression { get; init; }

    public double SqlMegabytesPerSecond { get; init; }

    /// <summary>For a person without this program.</summary>
    public ImmutableArray<string> ManualRestore { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <exception cref="PipelineException">Not such a file.</exception>
    public static BackupMetadata Parse(string json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupMetadata>(json, Json) is { SchemaVersion: 1 or 2 } metadata
                ? metadata
                : throw new JsonException("its schema version is neither 1 nor 2");
        }
        catch (JsonException failure)
        {
            throw new PipelineException(
                $"'{name}' does not describe a backup: {failure.Message}",
                expected: "the metadata that Backup wrote beside the object",
                inner: failure
            );
        }
    }
}
