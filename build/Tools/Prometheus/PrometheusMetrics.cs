using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;

namespace Slipway.Tools;

/// <summary>
/// Both arms' counters out of a Prometheus. All instances are told at one instant, the oldest of their newest scrapes;
/// while there is no newer one, the reading before is given again. An instance that starts anew, comes or goes does not
/// disturb the others; a count that falls without a new start makes another epoch.
/// </summary>
/// <param name="arms">What the arms are called now; null when nobody knows.</param>
public sealed class PrometheusMetrics(
    PrometheusApi api,
    PrometheusSettings settings,
    Func<CancellationToken, Task<ArmNames?>> arms
) : IMetricsSource
{
    private readonly Dictionary<(string Arm, string Instance), InstanceTrack> _tracks = [];
    private readonly Dictionary<string, ArmTotals> _totals = [];
    private MetricsReading? _last;

    public string? Problem { get; private set; }

    public async Task<MetricsReading?> ReadAsync(CancellationToken cancellation)
    {
        Problem = null;
        if (await NamesAsync(cancellation) is not { } names)
            return Nothing(Problem ?? "nobody says which version is the candidate");
        if (names.Stable == names.Candidate)
            return Nothing($"both versions are called {names.Stable}");
        var answer = await api.QueryAsync(PrometheusQuestion.Of(settings, names), cancellation);
        if (answer.Problem is { } problem)
            return Nothing(problem);
        var scrapes = InstanceScrape.Of(answer, settings).Where(scrape => names.Of(scrape.Arm) is not null).ToList();
        if (scrapes.FirstOrDefault(scrape => !scrape.Counts.IsSound) is { } unsound)
            return Nothing($"a count of {unsound.Arm} {unsound.Instance} is no count");
        var fresh = scrapes.Where(scrape => scrape.EvaluatedAt - scrape.At <= settings.StaleAfter).ToList();
        if (fresh.Count == 0)
            return Nothing(
                scrapes.Count == 0
                    ? "it has no sample of either version"
                    : $"its newest sample is older than {settings.StaleAfter.TotalSeconds:0} s"
            );
        return Read(names, fresh);
    }

    private MetricsReading Read(ArmNames names, List<InstanceScrape> fresh)
    {
        foreach (var scrape in fresh)
        {
            var key = (scrape.Arm, scrape.Instance);
            if (!_tracks.TryGetValue(key, out var track))
                _tracks[key] = track = new(countStarts: settings.Queries.Crashes is null);
            track.Add(scrape, _last?.At);
        }
        var live = fresh.Select(scrape => _tracks[(scrape.Arm, scrape.Instance)]).ToList();
        var instant = live.Min(track => track.At);
        if (instant <= _last?.At)
            instant = _last.At;
        else
            Advance(instant);
        // A dead candidate is not one that answered nothing: without a fresh sample its arm is unknown.
        var stable = Counters(names.Stable, fresh);
        var candidate = Counters(names.Candidate, fresh);
        if (stable is null || candidate is null)
            Problem = $"it has no fresh sample of {(stable is null ? names.Stable : names.Candidate)}";
        return _last = new(instant, Epoch(names), stable, candidate)
        {
            SpreadFrom = live.Min(track => track.SpreadFrom(instant)),
        };
    }

    private void Advance(DateTimeOffset instant)
    {
        foreach (var ((arm, _), track) in _tracks)
        {
            if (!_totals.TryGetValue(arm, out var totals))
                _totals[arm] = totals = new();
            var before = _last is null ? track.GrownAt(DateTimeOffset.MinValue) : track.GrownAt(_last.At);
            totals.Add(track.GrownAt(instant).Minus(before));
            track.Forget(instant);
        }
    }

    private ArmCounters? Counters(string arm, List<InstanceScrape> fresh) =>
        fresh.Exists(scrape => scrape.Arm == arm) ? _totals.GetValueOrDefault(arm)?.Read() : null;

    /// <summary>Who is who is part of it: after a promotion the same counters belong to the other arm.</summary>
    private string Epoch(ArmNames names) =>
        $"{names.Stable}/{names.Candidate}/{_tracks.Values.Sum(track => track.Resets)}";

    private async Task<ArmNames?> NamesAsync(CancellationToken cancellation)
    {
        try
        {
            return await arms(cancellation);
        }
        catch (PipelineException unknown)
        {
            Problem = $"which version is the candidate is not known: {unknown.Message}";
            return null;
        }
    }

    private MetricsReading? Nothing(string problem)
    {
        Problem = problem;
        return null;
    }
}
