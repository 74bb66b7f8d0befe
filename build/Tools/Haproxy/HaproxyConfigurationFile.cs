using System.Text;

namespace Slipway.Tools;

/// <summary><c>haproxy.cfg</c> on disk: replaced whole, by a rename, so that a restart at any moment finds a whole one.</summary>
public sealed class HaproxyConfigurationFile(HaproxySettings settings)
{
    public string Location => settings.ConfigurationFile;

    /// <summary>
    /// Writes the file when it is missing, damaged or of another layout; keeps who is where. True when it changed. A
    /// HAProxy that runs reads it when the next candidate comes.
    /// </summary>
    public async Task<bool> EnsureAsync(CancellationToken cancellation)
    {
        var present = await ReadTextAsync(cancellation);
        var assignment = (present is null ? null : HaproxyConfiguration.Read(present)) ?? SlotAssignment.Empty;
        return await WriteAsync(assignment, present, cancellation);
    }

    /// <summary>What a restarted HAProxy would begin with; null when there is no such file.</summary>
    public async Task<SlotAssignment?> ReadAsync(CancellationToken cancellation) =>
        await ReadTextAsync(cancellation) is { } text ? HaproxyConfiguration.Read(text) : null;

    /// <summary>Which layout a restarted HAProxy would have; null when there is no file, or it does not say.</summary>
    public async Task<string?> ReadLayoutAsync(CancellationToken cancellation) =>
        await ReadTextAsync(cancellation) is { } text ? HaproxyConfiguration.LayoutOf(text) : null;

    public async Task WriteAsync(SlotAssignment assignment, CancellationToken cancellation) =>
        await WriteAsync(assignment, await ReadTextAsync(cancellation), cancellation);

    private async Task<bool> WriteAsync(SlotAssignment assignment, string? present, CancellationToken cancellation)
    {
        if (assignment.Services.IsEmpty && present is not null && HaproxyConfiguration.Read(present) is { } before)
            assignment = assignment with { Services = before.Services };
        var text = HaproxyConfiguration.Write(settings, assignment);
        if (text == present)
            return false;
        Directory.CreateDirectory(settings.Folder);
        var temporary = $"{Location}.{Path.GetRandomFileName()}";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, Location, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return true;
    }

    private async Task<string?> ReadTextAsync(CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(Location, cancellation);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
