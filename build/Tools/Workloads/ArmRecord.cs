using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Builds;
using Slipway.Routing;
using Slipway.Versions;

namespace Slipway.Tools;

/// <param name="Port">0 until the instance has said it.</param>
public sealed record InstanceRecord(string Service, int Index, string Id, int Port, ServiceImage Image);

/// <summary>What was started in a slot: a note that helps to find it again, never a proof that it runs.</summary>
public sealed record ArmRecord(
    int SchemaVersion,
    ProjectVersion Version,
    string DeploymentId,
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableArray<InstanceRecord> Instances
)
{
    public const int Shape = 1;
}

/// <summary>The records of both slots, <c>instances/&lt;slot&gt;/arm.json</c>.</summary>
public sealed class ArmRecords(string root)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string FolderOf(Slot slot) => Path.Combine(root, "instances", slot.Name());

    /// <summary>Null when there is none, or none that can be read: then the instances are found by looking at the machine.</summary>
    public async Task<ArmRecord?> ReadAsync(Slot slot, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(FileOf(slot));
            var record = await JsonSerializer.DeserializeAsync<ArmRecord>(file, Json, cancellation);
            return record is { SchemaVersion: ArmRecord.Shape, Version: not null, Instances.IsDefault: false }
                ? record
                : null;
        }
        catch (Exception unreadable)
            when (unreadable is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public async Task WriteAsync(Slot slot, ArmRecord record, CancellationToken cancellation)
    {
        Directory.CreateDirectory(FolderOf(slot));
        var temporary = $"{FileOf(slot)}.{Path.GetRandomFileName()}";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await JsonSerializer.SerializeAsync(file, record, Json, cancellation);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, FileOf(slot), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public void Remove(Slot slot)
    {
        if (Directory.Exists(FolderOf(slot)))
            File.Delete(FileOf(slot));
    }

    private string FileOf(Slot slot) => Path.Combine(FolderOf(slot), "arm.json");
}
