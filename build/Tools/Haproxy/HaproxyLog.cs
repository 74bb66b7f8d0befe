using System.Globalization;
using System.Text;
using Slipway.Routing;

namespace Slipway.Tools;

/// <param name="Status">Status that the user got.</param>
/// <param name="Microseconds">From the whole request head to the head of the answer, retries included.</param>
/// <param name="Termination">HAProxy's two letters; <c>--</c> is a request without trouble.</param>
public sealed record HaproxyRequest(
    string Service,
    Slot Slot,
    int Index,
    int Status,
    long Microseconds,
    string Termination
)
{
    /// <summary>
    /// Reads a line of the log format that <see cref="HaproxyConfiguration"/> writes; null for whatever else HAProxy
    /// says, and for a request that no instance answered.
    /// </summary>
    public static HaproxyRequest? Parse(string line)
    {
        var words = line.Split(' ', 10);
        if (words.Length < 9 || words[0] != "req")
            return null;
        var dash = words[2].IndexOf('-');
        if (
            dash < 0
            || Slots.Parse(words[2][..dash]) is not { } slot
            || !int.TryParse(words[2].AsSpan(dash + 1), CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(words[3], CultureInfo.InvariantCulture, out var status)
            || !long.TryParse(words[7], CultureInfo.InvariantCulture, out var microseconds)
            || microseconds < 0
        )
            return null;
        return new(words[1], slot, index, status, microseconds, words[6]);
    }
}

/// <summary>
/// Follows HAProxy's log from where it stood at the first call. HAProxy holds the file open, so it can only be truncated,
/// not renamed away: a file that became shorter is read from its beginning. Half a line waits for its other half.
/// </summary>
public sealed class HaproxyLog(string path)
{
    private const int LongestLine = 64 * 1024;

    private readonly StringBuilder _rest = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long? _offset;

    /// <summary>Requests logged since the call before; none at the first call.</summary>
    public async Task<IReadOnlyList<HaproxyRequest>> ReadAsync(CancellationToken cancellation)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            // A log that begins later is read from its beginning.
            Begin(0);
            return [];
        }
        await using (file)
        {
            if (_offset is null)
                Begin(file.Length);
            else if (file.Length < _offset)
                Begin(0);
            file.Position = _offset!.Value;
            return await ReadLinesAsync(file, cancellation);
        }
    }

    private async Task<IReadOnlyList<HaproxyRequest>> ReadLinesAsync(FileStream file, CancellationToken cancellation)
    {
        var found = new List<HaproxyRequest>();
        var bytes = new byte[64 * 1024];
        var characters = new char[bytes.Length + 1];
        int read;
        while ((read = await file.ReadAsync(bytes, cancellation)) > 0)
        {
            _offset += read;
            var count = _decoder.GetChars(bytes, 0, read, characters, 0);
            foreach (var character in characters.AsSpan(0, count))
            {
                if (character == '\n')
                {
                    if (HaproxyRequest.Parse(_rest.ToString()) is { } request)
                        found.Add(request);
                    _rest.Clear();
                }
                else if (_rest.Length < LongestLine)
                {
                    _rest.Append(character);
                }
            }
        }
        return found;
    }

    private void Begin(long offset)
    {
        _offset = offset;
        _rest.Clear();
        _decoder.Reset();
    }
}
