using System.Collections.Immutable;
using System.Globalization;
using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <param name="StatusCode">Null when nothing answered.</param>
/// <param name="Milliseconds">To the end of the answer.</param>
public sealed record InstanceAnswer(int? StatusCode, double Milliseconds);

/// <summary>Asks one instance directly, past the router, as a health probe does.</summary>
public interface IInstanceCalls
{
    /// <summary>One GET; a failure is an answer without a status, never an exception.</summary>
    Task<InstanceAnswer> AskAsync(Uri url, CancellationToken cancellation);
}

/// <param name="Instance">The service's name, with a number where it has several.</param>
/// <param name="Failed">Requests without an answer, or answered with 5xx. The judge finds out why, with traffic.</param>
/// <param name="FirstMilliseconds">Median of the first round; null without a whole round.</param>
/// <param name="LastMilliseconds">Median of the last round.</param>
/// <param name="Settled">Whether the answers had stopped becoming faster; otherwise the limit ended it.</param>
public sealed record InstanceWarmth(
    string Instance,
    int Requests,
    int Failed,
    double? FirstMilliseconds,
    double? LastMilliseconds,
    bool Settled
);

/// <summary>What was asked of the candidate's instances before they got any traffic. Nothing of it is judged.</summary>
/// <param name="Problem">Why nothing was asked, though it was wanted; null when nothing went wrong.</param>
public sealed record WarmUpResult(ImmutableArray<InstanceWarmth> Instances, double Seconds, string? Problem = null)
{
    public override string ToString()
    {
        if (Problem is not null)
            return $"not warmed up: {Problem}";
        var each = Instances.Select(one =>
            one is { FirstMilliseconds: { } first, LastMilliseconds: { } last }
                ? Text($"{one.Instance} {first:0.0} → {last:0.0} ms{(one.Settled ? "" : " (not settled)")}")
                : $"{one.Instance} (not settled)"
        );
        var failed = Instances.Sum(one => one.Failed) is > 0 and var count ? Text($", {count} of them failed") : "";
        return Text(
            $"warmed up with {Instances.Sum(one => one.Requests)} requests in {Seconds:0.0} s{failed}: {string.Join(", ", each)}"
        );
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Asks the candidate's instances what users ask until they answer as fast as they will: a fresh process is slower than
/// one that has served for days (just-in-time compilation, connections to open, empty caches), and a comparison of the
/// two would take good releases back for being new. Bounded in requests and time.
/// </summary>
internal sealed class WarmUp(RolloutPlan plan, RolloutPorts ports)
{
    private readonly Patience patience = new(ports.Time);

    /// <returns>Null where nothing is to be asked.</returns>
    public async Task<WarmUpResult?> RunAsync(CancellationToken cancellation)
    {
        var limits = plan.Settings.WarmUp;
        if (limits.Requests == 0 || plan.WarmUpPaths.IsEmpty)
            return null;
        var start = ports.Time.GetTimestamp();
        try
        {
            var candidate = await ports.Workload.ReadAsync(Arm.Candidate, cancellation);
            var asked = candidate.HealthUrls.Select(pair =>
                (Instance: pair.Key, Url: pair.Value, Paths: PathsOf(pair.Key))
            );
            var warmths = await Task.WhenAll(
                asked
                    .Where(one => !one.Paths.IsEmpty)
                    .Select(one => AskAsync(one.Instance, one.Url, one.Paths, start, cancellation))
            );
            return new([.. warmths], ports.Time.GetElapsedTime(start).TotalSeconds);
        }
        catch (PipelineException unknown)
        {
            // Nothing depends on it: whoever has to know which instances there are, asks next and says what is wrong.
            return new([], ports.Time.GetElapsedTime(start).TotalSeconds, unknown.Message);
        }
    }

    private async Task<InstanceWarmth> AskAsync(
        string instance,
        Uri health,
        ImmutableArray<string> paths,
        long start,
        CancellationToken cancellation
    )
    {
        var settling = new Settling(paths.Length);
        var (requests, failed) = (0, 0);
        while (requests < plan.Settings.WarmUp.Requests && !settling.IsSettled)
        {
            var left = plan.Settings.WarmUp.Time - ports.Time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
                break;
            var url = new Uri(health, paths[requests % paths.Length]);
            var answer = await patience.WithinAsync(
                left,
                new InstanceAnswer(null, left.TotalMilliseconds),
                token => ports.Calls.AskAsync(url, token),
                cancellation
            );
            requests++;
            if (answer.StatusCode is null or >= 500)
                failed++;
            else
                settling.Add(answer.Milliseconds);
        }
        return new(instance, requests, failed, settling.First, settling.Last, settling.IsSettled);
    }

    /// <summary>Instances of a service are called by its name, from the second on with their number: <c>web-2</c>.</summary>
    private ImmutableArray<string> PathsOf(string instance)
    {
        if (plan.WarmUpPaths.TryGetValue(instance, out var paths))
            return paths;
        var dash = instance.LastIndexOf('-');
        return dash > 0 && plan.WarmUpPaths.TryGetValue(instance[..dash], out var numbered) ? numbered : [];
    }
}

/// <summary>Whether answers have stopped becoming faster: rounds of requests, compared by their medians.</summary>
/// <param name="paths">How many paths are asked in turn; a round asks each equally often.</param>
internal sealed class Settling(int paths)
{
    private const int AtLeast = 20;

    /// <summary>Rounds in a row that bring nothing.</summary>
    private const int Calm = 3;

    /// <summary>A round that is not faster than this share of the best before it brings nothing.</summary>
    private const double Faster = 0.95;

    private readonly int round = (AtLeast + paths - 1) / paths * paths;
    private readonly List<double> current = [];
    private readonly List<double> medians = [];

    /// <summary>Fewest requests after which anything can have settled.</summary>
    public static int Fewest => AtLeast * (Calm + 1);

    public double? First => medians.Count > 0 ? medians[0] : null;

    public double? Last => medians.Count > 0 ? medians[^1] : null;

    public bool IsSettled =>
        medians.Count > Calm && medians.TakeLast(Calm).Min() >= Faster * medians.SkipLast(Calm).Min();

    public void Add(double milliseconds)
    {
        current.Add(milliseconds);
        if (current.Count < round)
            return;
        current.Sort();
        medians.Add(current[round / 2]);
        current.Clear();
    }
}
