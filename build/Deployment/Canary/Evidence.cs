using System.Collections.Immutable;

namespace Slipway.Canary;

/// <summary>
/// All evidence of the deployment as one number: the collections since each stage began and the test at 100 %,
/// weighted by what they may spend. While the candidate is good it exceeds 1/alpha with probability at most alpha.
/// </summary>
internal sealed class Evidence
{
    private readonly JudgeSettings settings;
    private readonly List<EvidenceProcess> processes = [];
    private readonly double[] lnShares;
    private readonly double[] parts;
    private readonly TickTables tables;
    private FullTrafficTest? full;
    private long stableFailed;
    private long stableRequests;

    public Evidence(JudgeSettings settings, ImmutableArray<CanaryStage> stages)
    {
        this.settings = settings;
        tables = new TickTables(settings);
        var spending = settings.Spending;
        var concurrent = Math.Max(1, stages.Count(stage => stage.Weight < 100));
        lnShares = new double[concurrent];
        for (var i = 0; i < concurrent; i++)
            lnShares[i] = Math.Log(i == 0 ? spending.FirstStage : spending.LaterStages / (concurrent - 1));
        if (concurrent == 1)
            lnShares[0] = Math.Log(spending.FirstStage + spending.LaterStages);
        parts = new double[concurrent + 1];
        lnShares.CopyTo(parts, 0);
        parts[^1] = Math.Log(spending.Full);
        AbortLine = Math.Log(1 / settings.FalseAbortProbability);
        Weigh();
        LargestLog = LogEvidence;
    }

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
        if (processes.Count < lnShares.Length)
            processes.Add(new EvidenceProcess(settings));
    }

    /// <summary>From here on all traffic is the candidate's.</summary>
    public void BeginFull()
    {
        Dispersions.BeginStage();
        var phi = Math.Max(Dispersions.ServerErrors.Phi, Dispersions.Timeouts.Phi);
        full ??= new FullTrafficTest(
            settings,
            settings.FalseAbortProbability * settings.Spending.FullBound,
            stableFailed,
            stableRequests,
            phi
        );
    }

    public void AddConcurrent(ArmTick candidate, ArmTick stable, double? variance)
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

    private void Weigh()
    {
        for (var i = 0; i < processes.Count; i++)
            parts[i] = lnShares[i] + processes[i].LogEvidence;
        if (full is not null)
        {
            var log = full.Failed >= settings.MinimumCandidateErrors ? full.LogEvidence : Math.Min(0, full.LogEvidence);
            parts[^1] = Math.Log(settings.Spending.Full) + log;
        }
        LogEvidence = LogSum.Of(parts);
        LargestLog = Math.Max(LargestLog, LogEvidence);
        Driver = FindDriver();
    }

    private CanaryMetric FindDriver()
    {
        if (full is not null)
        {
            var isFull = true;
            for (var i = 0; i < processes.Count; i++)
                isFull &= parts[^1] > parts[i];
            if (isFull)
                return CanaryMetric.FailuresAtFull;
        }
        var largest = -1;
        for (var i = 0; i < processes.Count; i++)
        {
            if (largest < 0 || parts[i] > parts[largest])
                largest = i;
        }
        return largest < 0 ? CanaryMetric.None : processes[largest].Driver;
    }
}
