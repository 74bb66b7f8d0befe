namespace Slipway.Routing;

/// <summary>
/// Percent of traffic ↔ the weights of a router that takes whole numbers from 0 to 256. Both arms have the same number
/// of instances, so a candidate at weight 2p beside a stable arm at 200 - 2p gets exactly p percent. Twice, because a router that
/// hashes users onto arms places more points per weight and so keeps closer to the percentage.
/// </summary>
public static class ShareWeights
{
    public static (int Candidate, int Stable) Of(int percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        return (2 * percent, 2 * (100 - percent));
    }

    /// <summary>Percent for the candidate, given the sums of the weights of both arms; 0 when nobody has any weight.</summary>
    public static double Share(long candidate, long stable) =>
        candidate + stable == 0 ? 0 : 100.0 * candidate / (candidate + stable);
}
