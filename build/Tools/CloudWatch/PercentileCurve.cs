using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>
/// How many requests took how long, out of percentiles: between two of them lie as many requests as their distance says,
/// and those are spread by whoever counts them. Rounded so that they add up to all requests.
/// </summary>
public static class PercentileCurve
{
    /// <param name="points">Percent and milliseconds, from 0 (the shortest) to 100 (the longest); ascending by percent.</param>
    public static ImmutableArray<(double Lower, double Upper, long Requests)> Buckets(
        IReadOnlyList<(double Percent, double Milliseconds)> points,
        long requests
    )
    {
        var buckets = ImmutableArray.CreateBuilder<(double, double, long)>();
        long counted = 0;
        for (var i = 1; i < points.Count; i++)
        {
            var (from, to) = (points[i - 1], points[i]);
            var upTo = (long)Math.Round(requests * to.Percent / 100, MidpointRounding.AwayFromZero);
            if (upTo > counted)
                // Percentiles of a few requests can cross by interpolation.
                buckets.Add((Math.Min(from.Milliseconds, to.Milliseconds), to.Milliseconds, upTo - counted));
            counted = Math.Max(counted, upTo);
        }
        return buckets.ToImmutable();
    }
}
