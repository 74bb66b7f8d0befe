using System.Collections.Immutable;

namespace Slipway.Canary;

/// <summary>
/// Growing latency counters out of somebody else's buckets, of which only the bounds are known. Each request gets a place
/// inside its bucket, spread evenly over the logarithm of the bucket's width (golden ratio steps, so that any few in a
/// row are spread as evenly as many), and is then counted like a measured one. Both arms get the same places, so what is
/// compared is not biased; a change within one bucket, however, cannot be seen: the source's buckets are its resolution.
/// </summary>
/// <remarks>A bucket that begins at 0 is taken to begin at half its end, one without an end to end at twice its beginning.</remarks>
public sealed class LatencyHistogram
{
    /// <summary>Shortest latency that is told apart, milliseconds: below it a logarithm makes noise important.</summary>
    public const double Floor = 0.5;

    /// <summary>More requests of one bucket than this at once are placed in as many groups.</summary>
    private const long MostPlaces = 1000;

    private const double GoldenStep = 0.618_033_988_749_894_9;

    private readonly Dictionary<(double, double), long> placed = [];
    private readonly long[] buckets = new long[LatencyBounds.Milliseconds.Length + 1];
    private long count;
    private double sumOfLogs;
    private double sumOfSquaredLogs;

    /// <param name="lower">Milliseconds; 0 or less when the bucket has no beginning.</param>
    /// <param name="upper">Milliseconds; infinite when the bucket has no end.</param>
    /// <param name="requests">How many more there are in it now.</param>
    public void Add(double lower, double upper, long requests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(requests);
        if (requests == 0)
            return;
        if (lower <= 0)
            lower = double.IsFinite(upper) ? upper / 2 : Floor;
        if (!double.IsFinite(upper))
            upper = 2 * lower;
        var (low, width) = (
            Math.Log(Math.Max(lower, Floor)),
            Math.Log(Math.Max(upper, Floor) / Math.Max(lower, Floor))
        );
        var sequence = placed.GetValueOrDefault((lower, upper));
        var groups = Math.Min(requests, MostPlaces);
        for (long group = 0; group < groups; group++)
        {
            var place = (sequence + group) * GoldenStep;
            var size = requests / groups + (group < requests % groups ? 1 : 0);
            Count(low + width * (place - Math.Floor(place)), size);
        }
        placed[(lower, upper)] = sequence + groups;
    }

    public LatencyCounters Read() => new(count, sumOfLogs, sumOfSquaredLogs, [.. buckets]);

    private void Count(double log, long requests)
    {
        count += requests;
        sumOfLogs += requests * log;
        sumOfSquaredLogs += requests * log * log;
        var place = LatencyBounds.Milliseconds.BinarySearch(Math.Exp(log));
        buckets[place < 0 ? ~place : place] += requests;
    }
}
