namespace Slipway.Canary;

/// <summary>
/// The alternatives of an error test at one split of traffic: what an error of each arm adds to the log evidence for
/// "the candidate's rate is R times the stable arm's" against "it is r0 times".
/// </summary>
internal sealed class RatioTable(double tolerated)
{
    /// <summary>The alternatives R.</summary>
    public static ReadOnlySpan<double> Ratios => [2, 3, 5, 10, 30, 100];

    public const int Count = 6;

    private readonly double[] candidate = new double[Count];
    private readonly double[] stable = new double[Count];
    private double share = double.NaN;

    public ReadOnlySpan<double> Candidate => candidate;

    public ReadOnlySpan<double> Stable => stable;

    /// <param name="theta">Candidate's share of the requests, 0 to 1, exclusive.</param>
    public void Prepare(double theta)
    {
        if (theta == share)
            return;
        share = theta;
        var odds = theta / (1 - theta);
        var p0 = tolerated * odds;
        for (var k = 0; k < Count; k++)
        {
            // p(r) = r·odds / (1 + r·odds), so both logarithms share the ratio of the denominators.
            var p1 = Ratios[k] * odds;
            stable[k] = Math.Log((1 + p0) / (1 + p1));
            candidate[k] = Math.Log(p1 / p0) + stable[k];
        }
    }
}
