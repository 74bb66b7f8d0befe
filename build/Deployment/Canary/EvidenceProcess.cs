namespace Slipway.Canary;

/// <summary>The tables of one tick's split of traffic, shared by all tests of that tick.</summary>
internal sealed class TickTables(JudgeSettings settings)
{
    public RatioTable Errors { get; } = new(settings.ToleratedErrorRatio);

    public RatioTable P50 { get; } = new(1.05);

    public RatioTable P90 { get; } = new(1.1);

    public RatioTable P99 { get; } = new(1.25);
}

/// <summary>How bursty each family is.</summary>
internal sealed class Dispersions
{
    public Dispersion ServerErrors { get; } = Dispersion.OfErrors();

    public Dispersion Timeouts { get; } = Dispersion.OfErrors();

    public Dispersion Crashes { get; } = Dispersion.OfErrors();

    public Dispersion P50 { get; } = Dispersion.OfSlowRequests();

    public Dispersion P90 { get; } = Dispersion.OfSlowRequests();

    public Dispersion P99 { get; } = Dispersion.OfSlowRequests();

    public void BeginStage()
    {
        ServerErrors.BeginStage();
        Timeouts.BeginStage();
        Crashes.BeginStage();
        P50.BeginStage();
        P90.BeginStage();
        P99.BeginStage();
    }

    public void Learn(ArmTick stable)
    {
        ServerErrors.Learn(stable.ServerErrors, stable.Requests);
        Timeouts.Learn(stable.Timeouts, stable.Requests);
        Crashes.Learn(stable.Crashes, stable.Requests);
        P50.Learn(stable.Latency.AboveP50, stable.Latency.TailCount);
        P90.Learn(stable.Latency.AboveP90, stable.Latency.TailCount);
        P99.Learn(stable.Latency.AboveP99, stable.Latency.TailCount);
    }
}

/// <summary>All evidence against the candidate since one moment: the weighted average of the five metrics' evidence.</summary>
internal sealed class EvidenceProcess(JudgeSettings settings)
{
    private readonly double[] parts = new double[5];

    public RatioTest ServerErrors { get; } = new();

    public RatioTest Timeouts { get; } = new();

    public RatioTest Crashes { get; } = new();

    public LatencyTest Latency { get; } = new(settings);

    private readonly RatioTest p50 = new();
    private readonly RatioTest p90 = new();
    private readonly RatioTest p99 = new();

    /// <summary>ln E after the last <see cref="Add"/>.</summary>
    public double LogEvidence { get; private set; }

    /// <summary>The metric with the largest part in E.</summary>
    public CanaryMetric Driver { get; private set; }

    /// <param name="variance">Of ln(ms); null while latency is not judged.</param>
    public void Add(ArmTick candidate, ArmTick stable, TickTables tables, Dispersions phi, LatencyVariance? variance)
    {
        ServerErrors.Add(tables.Errors, candidate.ServerErrors, stable.ServerErrors, phi.ServerErrors.Phi);
        Timeouts.Add(tables.Errors, candidate.Timeouts, stable.Timeouts, phi.Timeouts.Phi);
        Crashes.Add(tables.Errors, candidate.Crashes, stable.Crashes, phi.Crashes.Phi);
        if (variance is { } v)
        {
            Latency.Add(candidate.Latency, stable.Latency, v);
            AddTail(candidate.Latency, stable.Latency, tables, phi);
        }
        Weigh();
    }

    private void AddTail(LatencyTick candidate, LatencyTick stable, TickTables tables, Dispersions phi)
    {
        if (candidate.TailCount == 0 || stable.TailCount == 0)
            return;
        var theta = (double)candidate.TailCount / (candidate.TailCount + stable.TailCount);
        tables.P50.Prepare(theta);
        tables.P90.Prepare(theta);
        tables.P99.Prepare(theta);
        p50.Add(tables.P50, candidate.AboveP50, stable.AboveP50, phi.P50.Phi);
        p90.Add(tables.P90, candidate.AboveP90, stable.AboveP90, phi.P90.Phi);
        p99.Add(tables.P99, candidate.AboveP99, stable.AboveP99, phi.P99.Phi);
    }

    private void Weigh()
    {
        var shares = settings.Shares;
        parts[0] = Math.Log(shares.ServerErrors) + Enough(ServerErrors);
        parts[1] = Math.Log(shares.Timeouts) + Enough(Timeouts);
        parts[2] = Math.Log(shares.Crashes) + Enough(Crashes);
        parts[3] = Math.Log(shares.Latency) + Latency.LogEvidence;
        ReadOnlySpan<double> tails = [p50.LogEvidence, p90.LogEvidence, p99.LogEvidence];
        parts[4] = Math.Log(shares.Tail) + LogSum.Of(tails) - Math.Log(tails.Length);
        LogEvidence = LogSum.Of(parts);
        var largest = 0;
        for (var part = 1; part < parts.Length; part++)
        {
            if (parts[part] > parts[largest])
                largest = part;
        }
        Driver = CanaryMetric.ServerErrors + largest;
    }

    /// <summary>
    /// Fewer than three candidate errors are no evidence, however rare errors are, nor is a single burst of them
    /// (they cap it at 1: the bound holds).
    /// </summary>
    private double Enough(RatioTest test)
    {
        var isEnough =
            test.CandidateErrors >= settings.MinimumCandidateErrors
            && (test.TicksWithErrors > 1 || test.CandidateErrors >= settings.MinimumErrorsInOneTick);
        return isEnough ? test.LogEvidence : Math.Min(0, test.LogEvidence);
    }
}
