namespace Slipway.Canary;

/// <summary>
/// Sequential test of one family of errors: a mixture, over the ratios, of likelihood ratios of the split of errors
/// between the arms given the split of requests. While the candidate is no worse than tolerated the evidence is a
/// supermartingale, so that it ever exceeds 1/alpha with probability at most alpha, however often one looks.
/// </summary>
internal sealed class RatioTest
{
    private readonly double[] logs = new double[RatioTable.Count];

    public long CandidateErrors { get; private set; }

    /// <summary>Ticks in which the candidate had errors.</summary>
    public int TicksWithErrors { get; private set; }

    /// <param name="phi">Dispersion: how many errors come in one burst.</param>
    public void Add(RatioTable table, long candidateErrors, long stableErrors, double phi)
    {
        CandidateErrors += candidateErrors;
        TicksWithErrors += candidateErrors > 0 ? 1 : 0;
        if (candidateErrors == 0 && stableErrors == 0)
            return;
        for (var k = 0; k < RatioTable.Count; k++)
            logs[k] += (candidateErrors * table.Candidate[k] + stableErrors * table.Stable[k]) / phi;
    }

    /// <summary>ln of the mean of exp over the alternatives.</summary>
    public double LogEvidence => LogSum.Of(logs) - LogSum.LnRatios;
}

/// <summary>ln Σ exp, without overflow.</summary>
internal static class LogSum
{
    public static double LnRatios { get; } = Math.Log(RatioTable.Count);

    public static double Of(ReadOnlySpan<double> logs)
    {
        var largest = double.NegativeInfinity;
        foreach (var log in logs)
            largest = Math.Max(largest, log);
        if (double.IsNegativeInfinity(largest))
            return largest;
        var sum = 0.0;
        foreach (var log in logs)
        {
            // Below e^-45 of the largest a term does not reach the last bit of the sum.
            if (log - largest > -45)
                sum += Math.Exp(log - largest);
        }
        return largest + Math.Log(sum);
    }
}
