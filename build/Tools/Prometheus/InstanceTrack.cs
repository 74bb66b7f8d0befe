namespace Slipway.Tools;

/// <summary>
/// The way of one instance from scrape to scrape, as counts that only grow from where it was first seen. Between two
/// scrapes they are taken to have grown evenly, so that all instances can be told at one instant though each is scraped at its own.
/// </summary>
/// <param name="countStarts">Whether a new start is a death; not when somebody counts deaths.</param>
internal sealed class InstanceTrack(bool countStarts)
{
    private readonly List<Point> _points = [];
    private InstanceScrape? _latest;
    private InstanceCounts _base = InstanceCounts.None;
    private int _deaths;

    private sealed record Point(DateTimeOffset At, InstanceCounts Grown);

    /// <summary>Newest scrape.</summary>
    public DateTimeOffset At => _points[^1].At;

    /// <summary>How often a count fell and no new start explained it.</summary>
    public int Resets { get; private set; }

    /// <param name="knownFrom">From when on the other instances are told; null at the first reading.</param>
    public void Add(InstanceScrape scrape, DateTimeOffset? knownFrom)
    {
        var before = _latest;
        if (before is null)
            Begin(scrape, knownFrom);
        // An older one comes from a second Prometheus of a pair, or from a clock that was put right.
        else if (scrape.At <= before.At)
            return;
        else if (scrape.StartedAt > before.StartedAt + Jitter)
            Restart(before, scrape);
        else if (scrape.Counts.IsBelow(before.Counts))
        {
            Resets++;
            _base = _base.Plus(before.Counts);
        }
        _latest = scrape;
        _points.Add(new(scrape.At, _base.Plus(scrape.Counts).Plus(InstanceCounts.None with { Crashes = _deaths })));
    }

    /// <summary>What it counted up to an instant.</summary>
    public InstanceCounts GrownAt(DateTimeOffset instant)
    {
        var after = _points.FindIndex(point => point.At >= instant);
        if (after < 0)
            return _points[^1].Grown;
        var (to, from) = (_points[after], _points[Math.Max(0, after - 1)]);
        var width = (to.At - from.At).TotalSeconds;
        return width <= 0
            ? to.Grown
            : from.Grown.Plus(to.Grown.Minus(from.Grown), (instant - from.At).TotalSeconds / width);
    }

    /// <summary>The scrape from which on the counts of an instant are spread evenly; the instant itself when it was scraped then.</summary>
    public DateTimeOffset SpreadFrom(DateTimeOffset instant)
    {
        var after = _points.FindIndex(point => point.At >= instant);
        return after <= 0 || _points[after].At == instant ? instant : _points[after - 1].At;
    }

    /// <summary>Forgets what lies before an instant that nobody will ask for again.</summary>
    public void Forget(DateTimeOffset before)
    {
        while (_points.Count > 1 && _points[1].At <= before)
            _points.RemoveAt(0);
    }

    /// <summary>Start times are computed anew at some scrapes and move by milliseconds.</summary>
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// One that began after the others were last told has counted everything since then; of another one nobody knows
    /// when it did, and it is counted from here.
    /// </summary>
    private void Begin(InstanceScrape scrape, DateTimeOffset? knownFrom)
    {
        if (scrape.StartedAt is { } started && started >= knownFrom && started < scrape.At)
            _points.Add(new(started, InstanceCounts.None));
        else
            _base = InstanceCounts.None.Minus(scrape.Counts);
    }

    private void Restart(InstanceScrape before, InstanceScrape scrape)
    {
        _deaths += countStarts ? 1 : 0;
        _base = _base.Plus(before.Counts);
        if (scrape.StartedAt > before.At && scrape.StartedAt < scrape.At)
            _points.Add(new(scrape.StartedAt.Value, _points[^1].Grown));
    }
}
