using System.Text.Json;

namespace Slipway.Tools;

/// <param name="Subject">What is asked.</param>
/// <param name="From">Who asks.</param>
public sealed record MailboxLetter(string Subject, string From, string Text);

/// <summary>Requests from another process, each a file that appears whole and is taken once, oldest first.</summary>
public sealed class Mailbox(string folder)
{
    public async Task SendAsync(MailboxLetter letter, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        // Version 7: the names are in the order of their time.
        await AtomicFile.WriteAsync(
            Path.Combine(folder, $"{Guid.CreateVersion7():N}.json"),
            JsonSerializer.Serialize(letter),
            cancellation
        );
    }

    /// <summary>Null when there is none. A file that is no letter is removed: it must not block those after it.</summary>
    public async Task<MailboxLetter?> TakeAsync(CancellationToken cancellation)
    {
        if (
            !Directory.Exists(folder)
            || Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).FirstOrDefault() is not { } file
        )
            return null;
        try
        {
            return JsonSerializer.Deserialize<MailboxLetter>(await File.ReadAllTextAsync(file, cancellation));
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
