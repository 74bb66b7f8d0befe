using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Rollouts;

/// <summary>The machine died: no call ever returns again.</summary>
internal enum Death
{
    None,
    BeforeTheEffect,
    AfterTheEffect,
}

/// <summary>One slot of the world with what runs in it.</summary>
internal sealed class FakeSlot
{
    public ProjectVersion? Version { get; set; }

    public string? DeploymentId { get; set; }

    public int Wanted { get; set; }

    public int Alive { get; set; }

    public double ErrorRate { get; set; }

    public bool IsIll { get; set; }

    public string? SaysVersion { get; set; }

    public double Requests { get; set; }

    public double Errors { get; set; }

    public long Crashes { get; set; }

    public bool Serves => Alive > 0;
}

/// <summary>
/// Router, workload, metrics, probes, people and clock of a product with two slots, in memory. It outlives the
/// rollout machines that work on it, as the real world does, and notes when its users were served badly.
/// </summary>
internal sealed class FakeWorld
    : ITrafficRouter,
        IWorkload,
        IMetricsSource,
        IHealthProbe,
        IInstanceCalls,
        IRolloutControl,
        IApproval,
        IRolloutObserver
{
    private static readonly ImmutableSortedDictionary<string, Uri> NoUrls = ImmutableSortedDictionary<
        string,
        Uri
    >.Empty;

    private readonly FakeSlot[] slots = [new(), new()];
    private DateTimeOffset served;

    public FakeWorld(bool hasStable = true)
    {
        served = Time.GetUtcNow();
        Time.Moved = Serve;
        Time.IsStopped = () => IsDead;
        if (hasStable)
            Fill(Stable, Versions("v1.0.0"), "deploy-old");
    }

    public FakeTime Time { get; } = new();

    public int StableSlot { get; private set; }

    public int Share { get; set; }

    public FakeSlot Stable => slots[StableSlot];

    public FakeSlot Other => slots[1 - StableSlot];

    public int RequestsPerSecond { get; set; } = 100;

    public List<string> Calls { get; } = [];

    public List<TickLine> Lines { get; } = [];

    public List<RolloutState> States { get; } = [];

    /// <summary>Seconds in which a share of the traffic went to a slot where nothing runs.</summary>
    public double SecondsUnserved { get; private set; }

    public Queue<ControlRequest> Requests { get; } = new();

    /// <summary>Happens when the clock reaches a time after the start, once.</summary>
    public List<(double AtSecond, Action Happens)> Script { get; } = [];

    /// <summary>Ends when the question that was asked last is not waited for any more.</summary>
    public CancellationToken Asked { get; private set; }

    public Func<ApprovalRequest, Task<ApprovalAnswer>> Approve { get; set; } =
        _ => Task.FromResult(new ApprovalAnswer(true, "ann"));

    public bool MetricsAnswer { get; set; } = true;

    /// <summary>Whether anybody says which instances there are.</summary>
    public bool ProbesCanAsk { get; set; } = true;

    public bool CanRepair { get; set; } = true;

    /// <summary>Whether the router's own checks find the stable instances of one of the two services.</summary>
    public bool RouterSeesAuth { get; set; } = true;

    /// <summary>Whether the candidate has a service that the stable version does not have.</summary>
    public bool BringsAService { get; set; }

    /// <summary>Another one after each start of the router.</summary>
    public string Epoch { get; set; } = "1";

    /// <summary>Calls to the router that still fail.</summary>
    public int RouterFailures { get; set; }

    public double CandidateErrorRate { get; set; }

    public Action? OnStart { get; set; }

    public Action? AfterStart { get; set; }

    /// <summary>Told the name of each call that has had its effect.</summary>
    public Action<string>? AfterCall { get; set; }

    /// <summary>Number of the call at which the program dies; the calls are counted from 1.</summary>
    public int DeathAtCall { get; set; }

    public Death Death { get; set; }

    public bool IsDead { get; private set; }

    public static ProjectVersion Versions(string semver)
    {
        var parts = semver[1..].Split('.').Select(int.Parse).ToArray();
        return new(semver, "", semver, parts[0], parts[1], parts[2], null);
    }

    public RolloutPorts Ports(IFreezeCalendar? freeze = null) =>
        new(Time, this, this, this, this, this, this, this, freeze ?? FreezeCalendar.None, this);

    public void Reboot() => (Death, IsDead) = (Death.None, false);

    public RouterState State() =>
        new([
            new("api", Share, 3, 1, Stable.Serves, Other.Serves),
            new("auth", Share, 3, 1, Stable.Serves && RouterSeesAuth, Other.Serves),
            .. BringsAService ? [NewService] : ImmutableArray<ServiceTraffic>.Empty,
        ]);

    /// <summary>Its requests are the candidate's alone while the candidate has any weight; at 0 % nobody has them.</summary>
    private ServiceTraffic NewService =>
        new("notices", Share > 0 ? 100 : 0, 0, 1, StableUp: false, CandidateUp: Other.Serves, HasStable: false);

    Task<RouterState> ITrafficRouter.ReadAsync(CancellationToken cancellation) =>
        RouterCall("read router", State, cancellation);

    public Task SetCandidateShareAsync(int percent, CancellationToken cancellation) =>
        RouterCall($"share {percent}", () => Share = percent, cancellation);

    public Task SwapAsync(CancellationToken cancellation) =>
        RouterCall(
            "swap",
            () =>
            {
                StableSlot = 1 - StableSlot;
                return Share = 0;
            },
            cancellation
        );

    public Task<ArmState> ReadAsync(Arm arm, CancellationToken cancellation) =>
        Call(
            $"read {arm}",
            () =>
            {
                var slot = arm == Arm.Stable ? Stable : Other;
                return new ArmState(slot.Version, slot.DeploymentId, slot.Wanted, slot.Alive, InstanceUrls);
            },
            cancellation
        );

    public Task StartCandidateAsync(CandidateStart start, CancellationToken cancellation) =>
        Call(
            "start",
            () =>
            {
                Share.ShouldBe(0, "a candidate is replaced only without traffic");
                OnStart?.Invoke();
                Fill(Other, start.Version, start.DeploymentId);
                Other.ErrorRate = CandidateErrorRate;
                AfterStart?.Invoke();
                return true;
            },
            cancellation
        );

    public Task StopCandidateAsync(TimeSpan drainTimeout, CancellationToken cancellation) =>
        Call(
            "stop",
            () =>
            {
                Share.ShouldBe(0, "a version is stopped only without traffic");
                (Other.Version, Other.DeploymentId, Other.Wanted, Other.Alive) = (null, null, 0, 0);
                return true;
            },
            cancellation
        );

    public Task<int> RepairStableAsync(CancellationToken cancellation) =>
        Call(
            "repair",
            () =>
            {
                if (Stable.Serves || Stable.Version is null)
                    return 0;
                if (!CanRepair)
                    throw new PipelineException("the stable version cannot be started again");
                Stable.Alive = Stable.Wanted;
                return Stable.Wanted;
            },
            cancellation
        );

    Task<MetricsReading?> IMetricsSource.ReadAsync(CancellationToken cancellation) =>
        Call(
            "metrics",
            () => MetricsAnswer ? new MetricsReading(Time.GetUtcNow(), Epoch, Counters(Stable), Counters(Other)) : null,
            cancellation
        );

    public Task<ImmutableArray<HealthReading>> ProbeAsync(Arm arm, CancellationToken cancellation) =>
        Call<ImmutableArray<HealthReading>>(
            $"probe {arm}",
            () =>
            {
                if (!ProbesCanAsk)
                    throw new PipelineException("the router's socket does not answer");
                var slot = arm == Arm.Stable ? Stable : Other;
                if (slot.Version is null)
                    return []; // nothing was started there: there is nobody to ask
                var well = slot.Serves && !slot.IsIll;
                return [new("api", well, well ? 200 : 503, slot.SaysVersion ?? slot.Version?.Number, 1, "")];
            },
            cancellation
        );

    /// <summary>What an instance of the candidate answers to its n-th request, from 0, past the router.</summary>
    public Func<Uri, int, InstanceAnswer> Answers { get; set; } = (_, _) => new(200, 2);

    /// <summary>Instances are asked at the same time: each is counted alone.</summary>
    public Dictionary<string, int> Instances { get; } = [];

    public async Task<InstanceAnswer> AskAsync(Uri url, CancellationToken cancellation)
    {
        var nth = Instances[url.Authority] = Instances.GetValueOrDefault(url.Authority) + 1;
        var answer = Answers(url, nth - 1);
        // An instance counts what it is asked, whoever asks.
        Other.Requests++;
        Other.Errors += answer.StatusCode is null or >= 500 ? 1 : 0;
        await Task.Delay(TimeSpan.FromMilliseconds(answer.Milliseconds), Time, cancellation);
        return answer;
    }

    public ImmutableSortedDictionary<string, Uri> InstanceUrls { get; set; } = NoUrls;

    public Task<ControlRequest?> TakeAsync(CancellationToken cancellation) =>
        Call("control", () => Requests.TryDequeue(out var request) ? request : null, cancellation);

    public Task<ApprovalAnswer> AskAsync(ApprovalRequest request, CancellationToken cancellation)
    {
        Asked = cancellation;
        return Approve(request);
    }

    public Task TickedAsync(TickLine line, CancellationToken cancellation) =>
        Call(
            "log",
            () =>
            {
                Lines.Add(line);
                return true;
            },
            cancellation
        );

    public void Changed(RolloutState state) => States.Add(state);

    private static void Fill(FakeSlot slot, ProjectVersion version, string deploymentId)
    {
        (slot.Version, slot.DeploymentId, slot.Wanted, slot.Alive) = (version, deploymentId, 2, 2);
        (slot.ErrorRate, slot.IsIll, slot.SaysVersion) = (0, false, null);
    }

    private static ArmCounters Counters(FakeSlot slot) =>
        new((long)slot.Requests, (long)slot.Errors, 0, slot.Crashes, new(0, 0, 0, []));

    private Task<T> RouterCall<T>(string name, Func<T> effect, CancellationToken cancellation) =>
        Call(
            name,
            () =>
            {
                if (RouterFailures <= 0)
                    return effect();
                RouterFailures--;
                throw new PipelineException("the router's socket does not answer");
            },
            cancellation
        );

    private Task<T> Call<T>(string name, Func<T> effect, CancellationToken cancellation)
    {
        if (IsDead)
            return new TaskCompletionSource<T>().Task;
        Calls.Add(name);
        var dies = Death != Death.None && Calls.Count == DeathAtCall;
        IsDead = dies;
        if (dies && Death == Death.BeforeTheEffect)
            return new TaskCompletionSource<T>().Task;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var answer = effect();
            AfterCall?.Invoke(name);
            return dies ? new TaskCompletionSource<T>().Task : Task.FromResult(answer);
        }
        catch (Exception error) when (error is PipelineException or OperationCanceledException)
        {
            return error is OperationCanceledException
                ? Task.FromCanceled<T>(cancellation)
                : Task.FromException<T>(error);
        }
    }

    /// <summary>Users' requests since the clock last moved.</summary>
    private void Serve(DateTimeOffset now)
    {
        var seconds = (now - served).TotalSeconds;
        served = now;
        var all = RequestsPerSecond * seconds;
        Give(Other, all * Share / 100);
        Give(Stable, all * (100 - Share) / 100);
        if ((Share > 0 && !Other.Serves) || (Share < 100 && !Stable.Serves && Stable.Version is not null))
            SecondsUnserved += seconds;
        var elapsed = (now - FakeTime.Start).TotalSeconds;
        foreach (var entry in Script.Where(entry => entry.AtSecond <= elapsed).ToArray())
        {
            Script.Remove(entry);
            entry.Happens();
        }
    }

    private static void Give(FakeSlot slot, double requests)
    {
        slot.Requests += requests;
        slot.Errors += slot.Serves ? requests * slot.ErrorRate : requests;
    }

    public RolloutPlan Plan(
        string deploymentId = "deploy-new",
        TimeSpan? holdLimit = null,
        Func<RolloutSettings, RolloutSettings>? with = null
    )
    {
        var settings = new RolloutSettings { CheckInterval = TimeSpan.FromSeconds(10) };
        return new()
        {
            Candidate = new(Versions("v2.0.0"), deploymentId, [], ImmutableSortedDictionary<string, string>.Empty),
            Settings = with?.Invoke(settings) ?? settings,
            HoldLimit = holdLimit,
        };
    }
}
