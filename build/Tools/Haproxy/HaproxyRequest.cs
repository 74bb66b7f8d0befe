using System.Globalization;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>A request as HAProxy's log tells it.</summary>
/// <param name="Number">Counts up with the requests of one life of HAProxy; requests are logged when they end.</param>
/// <param name="Status">Status that the user got.</param>
/// <param name="Microseconds">From the whole request head to the head of the answer, retries included.</param>
/// <param name="Termination">HAProxy's two letters; <c>--</c> is a request without trouble.</param>
public sealed record HaproxyRequest(
    long Number,
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
        var words = line.Split(' ', 11);
        if (words.Length < 10 || words[0] != "req")
            return null;
        var dash = words[3].IndexOf('-');
        if (
            dash < 0
            || !long.TryParse(words[1], CultureInfo.InvariantCulture, out var number)
            || Slots.Parse(words[3][..dash]) is not { } slot
            || !int.TryParse(words[3].AsSpan(dash + 1), CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(words[4], CultureInfo.InvariantCulture, out var status)
            || !long.TryParse(words[8], CultureInfo.InvariantCulture, out var microseconds)
            || microseconds < 0
        )
            return null;
        return new(number, words[2], slot, index, status, microseconds, words[7]);
    }
}
