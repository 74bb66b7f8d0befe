using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Tools;

/// <param name="Subject">What is asked.</param>
/// <param name="From">Who asks.</param>
public sealed record MailboxLetter(string Subject, string From, string Text)
{
    /// <summary>As <see cref="Mailbox.SendAsync"/> gave it; known once it is taken.</summary>
    [JsonIgnore]
    public string Id { get; init; } = "";
}

/// <summary>Requests from another process, each a file that appears whole and is taken once, oldest first.</summary>
public sealed class Mailbox(string folder)
{
    /// <returns>The letter's id.</returns>
    public async Task<string> SendAsync(MailboxLetter letter, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        // Version 7: the names are in the order of their time.
        var id = $"{Guid.CreateVersion7():N}";
        await AtomicFile.WriteAsync(FileOf(id), JsonSerializer.Serialize(letter), cancellation);
        return id;
    }

    /// <summary>Whether nobody has taken the letter yet.</summary>
    public bool IsWaiting(string id) => File.Exists(FileOf(id));

    /// <summary>Takes a letter back, so that it is not found by somebody who comes much later.</summary>
    /// <returns>False when it had been taken.</returns>
    public bool Withdraw(string id)
    {
        try
        {
            // A rename has one winner, a deletion does not say whether there was anything.
            var withdrawn = FileOf(id) + ".withdrawn";
            File.Move(FileOf(id), withdrawn);
            File.Delete(withdrawn);
            return true;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
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
            var letter = JsonSerializer.Deserialize<MailboxLetter>(await File.ReadAllTextAsync(file, cancellation));
            return letter is null ? null : letter with { Id = Path.GetFileNameWithoutExtension(file) };
        }
        catch (Exception none) when (none is JsonException or FileNotFoundException)
        {
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private string FileOf(string id) => Path.Combine(folder, $"{id}.json");
}
