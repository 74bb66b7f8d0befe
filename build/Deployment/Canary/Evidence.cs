namespace Slipway.Canary;

/// <summary>
/// All evidence of the deployment as one number E: while the candidate is good it exceeds 1/alpha with probability at
/// most alpha, over all stages and looks.
/// </summary>
/// <remarks>
/// E behaves like the wealth of somebody who bets against the candidate at fair odds. Each later stage splits it: a
/// part stays on what was collected since the beginning, a part starts afresh on what happens from here on. However
/// wealth is split, nobody gains by it, so the bound holds for the whole deployment without dividing alpha by stages.
/// At 100 % all of it goes on with the test against the stable arm's earlier exposure.
/// </remarks>
internal sealed class Evidence
{
    private readonly JudgeSettings settings;
    private readonly List<EvidenceProcess> processes = [];
    private readonly TickTables tables;
    private double[] lnWealth = [];
    private double[] parts = [];
    private FullTrafficTest? full;
    private double boundAlpha;
    private long stableFailed;
    private long stableRequests;

    public Evidence(JudgeSettings settings)
    {
        this.settings = settings;
        tables = new TickTables(settings);
        AbortLine = -Math.Log(settings.FalseAbortProbability * (1 - settings.FullBoundShare));
        boundAlpha = settings.FalseAbortProbability * settings.FullBoundShare;
    }

    /// <summary>ln of the evidence that aborts.</summary>
    public double AbortLine { get; }

    public Dispersions Dispersions { get; } = new();

    /// <summary>ln E.</summary>
    public double LogEvidence { get; private set; }

    public double LargestLog { get; private set; }

    public CanaryMetric Driver { get; private set; }

    /// <summary>A stage with a concurrent control begins: collect anew beside what is collected already.</summary>
    public void BeginConcurrent()
    {
        Dispersions.BeginStage();
        Settle();
        var isFirst = processes.Count == 0;
        for (var i = 0; i < processes.Count; i++)
            lnWealth[i] += Math.Log(1 - settings.FreshShare);
        processes.Add(new EvidenceProcess(settings));
        Array.Resize(ref lnWealth, processes.Count);
        Array.Resize(ref parts, processes.Count);
        lnWealth[^1] = isFirst ? LogEvidence : Math.Log(settings.FreshShare) + LogEvidence;
    }

    /// <summary>From here on all traffic is the candidate's.</summary>
    public void BeginFull()
    {
        Dispersions.BeginStage();
        Settle();
        // Another entry may use only what the one before left of the bound's share.
        boundAlpha /= 2;
        var phi = Math.Max(Dispersions.ServerErrors.Phi, Dispersions.Timeouts.Phi);
        full = new FullTrafficTest(settings, boundAlpha, stableFailed, stableRequests, phi);
    }

    public void AddConcurrent(ArmTick candidate, ArmTick stable, LatencyVariance? variance)
    {
        if (candidate.Requests > 0 && stable.Requests > 0)
        {
            tables.Errors.Prepare((double)candidate.Requests / (candidate.Requests + stable.Requests));
            foreach (var process in processes)
                process.Add(candidate, stable, tables, Dispersions, variance);
        }
        stableFailed += stable.Failed;
        stableRequests += stable.Requests;
        Weigh();
    }

    public void AddFull(ArmTick candidate)
    {
        full?.Add(candidate.Failed, candidate.Requests);
        Weigh();
    }

    /// <summary>What the test at 100 % won or lost goes on as wealth of the others.</summary>
    private void Settle()
    {
        for (var i = 0; i < processes.Count; i++)
            lnWealth[i] += FullLog;
        full = null;
    }

    private double FullLog =>
        full is null ? 0
        : full.Failed >= settings.MinimumCandidateErrors ? full.LogEvidence
        : Math.Min(0, full.LogEvidence);

    private void Weigh()
    {
        for (var i = 0; i < processes.Count; i++)
            parts[i] = lnWealth[i] + processes[i].LogEvidence;
        LogEvidence = (processes.Count == 0 ? 0 : LogSum.Of(parts)) + FullLog;
        LargestLog = Math.Max(LargestLog, LogEvidence);
        Driver = full is not null ? CanaryMetric.FailuresAtFull : FindDriver();
    }

    private CanaryMetric FindDriver()
    {
        var largest = 0;
        for (var i = 1; i < processes.Count; i++)
        {
            if (parts[i] > parts[largest])
                largest = i;
        }
        return processes.Count == 0 ? CanaryMetric.None : processes[largest].Driver;
    }
}
