using System.Collections.Immutable;
using System.Globalization;
using Slipway.Builds;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Routing;
using Slipway.Secrets;
using Slipway.Versions;

namespace Slipway.Tools;

/// <param name="Root">The sandbox's folder.</param>
/// <param name="HealthTimeout">How long an instance may take until it is healthy.</param>
/// <param name="StopGrace">How long an instance may take to end when it is asked to.</param>
public sealed record LocalWorkloadSettings(
    string Root,
    ImmutableArray<ServiceSettings> Services,
    TimeSpan HealthTimeout,
    TimeSpan StopGrace
);

/// <summary>
/// Runs the instances of both arms on this machine, as processes or as containers: the host decides. Which slot is which
/// arm is asked of the router, what lives is asked of the machine.
/// </summary>
/// <param name="secrets">Variables of the instances that nobody may see: <c>DATABASE_URL</c>, and what each service names.</param>
/// <param name="health">Asks an instance's health URL: service, URL, version that is expected.</param>
public sealed class LocalWorkload(
    LocalWorkloadSettings settings,
    IInstanceHost host,
    IInstanceRegistry registry,
    ArmRecords records,
    ServiceSecrets secrets,
    Func<string, Uri, ProjectVersion, CancellationToken, Task<HealthReading>> health,
    TimeProvider time
) : IWorkload
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private InstanceReadiness Readiness => new(host, settings.HealthTimeout, secrets, health, time);

    public async Task<ArmState> ReadAsync(Arm arm, CancellationToken cancellation)
    {
        var slot = Slots.Of(arm, await registry.ReadStableSlotAsync(cancellation));
        if (await records.ReadAsync(slot, cancellation) is not { } record)
            return new(null, null, 0, 0, ImmutableSortedDictionary<string, Uri>.Empty);
        var alive = await AliveAsync(record, cancellation);
        return new(
            record.Version,
            record.DeploymentId,
            record.Instances.Length,
            alive.Count,
            record
                .Instances.Where(instance => instance.Port > 0)
                .ToImmutableSortedDictionary(
                    Key,
                    instance => InstanceReadiness.HealthUrl(instance.Port),
                    StringComparer.Ordinal
                )
        );
    }

    public async Task StartCandidateAsync(CandidateStart start, CancellationToken cancellation)
    {
        var missing = settings.Services.Where(service => !start.Images.Any(image => image.Service == service.Name));
        if (string.Join(", ", missing.Select(service => service.Name)) is { Length: > 0 } names)
            throw new PipelineException($"nothing was built for {names}", "an image or bundle of every service");
        var slot = (await registry.ReadStableSlotAsync(cancellation)).Other();
        await registry.UnregisterAsync(slot, cancellation);
        await ClearAsync(slot, cancellation);
        var wanted = settings.Services.SelectMany(service =>
            Enumerable
                .Range(1, service.Instances)
                .Select(index => (Image: start.Images.First(image => image.Service == service.Name), Index: index))
        );
        var record = new ArmRecord(ArmRecord.Shape, start.Version, start.DeploymentId, start.Settings, []);
        try
        {
            foreach (var (image, index) in wanted)
            {
                var id = await host.StartAsync(ToStart(slot, record, image, index), cancellation);
                var started = new InstanceRecord(image.Service, index, id, 0, image);
                record = record with { Instances = record.Instances.Add(started) };
                await records.WriteAsync(slot, record, CancellationToken.None);
            }
            record = await Readiness.AwaitAsync(
                record,
                one => ToStart(slot, record, one.Image, one.Index, fresh: false),
                cancellation
            );
            await records.WriteAsync(slot, record, cancellation);
            await registry.RegisterAsync(slot, Addresses(record), cancellation);
        }
        catch (Exception failure) when (failure is PipelineException or IOException or OperationCanceledException)
        {
            // What was begun is taken back even when nobody waits for it any more. It has no traffic, so the order does
            // not matter, and a router that died meanwhile forgets it anyway.
            await ClearAsync(slot, CancellationToken.None);
            try
            {
                await registry.UnregisterAsync(slot, CancellationToken.None);
            }
            catch (PipelineException)
            {
                // The failure that began it says more.
            }
            throw;
        }
    }

    public async Task StopCandidateAsync(TimeSpan drainTimeout, CancellationToken cancellation)
    {
        var slot = (await registry.ReadStableSlotAsync(cancellation)).Other();
        var asked = time.GetTimestamp();
        while (await registry.DrainAsync(slot, cancellation) > 0 && time.GetElapsedTime(asked) < drainTimeout)
            await Task.Delay(Pause, time, cancellation);
        await registry.UnregisterAsync(slot, cancellation);
        await ClearAsync(slot, cancellation);
    }

    /// <summary>
    /// Starts again what died of the stable version, from the bundles or images that it was started from, and tells the
    /// router. Returns how many instances that were; 0 when all is well or nothing was ever deployed.
    /// </summary>
    public async Task<int> RepairStableAsync(CancellationToken cancellation)
    {
        var slot = await registry.ReadStableSlotAsync(cancellation);
        if (await records.ReadAsync(slot, cancellation) is not { } record)
            return 0;
        var alive = await AliveAsync(record, cancellation);
        var dead = record.Instances.Where(instance => !alive.Contains(instance.Id) || instance.Port == 0).ToList();
        foreach (var instance in dead)
        {
            await host.StopAsync(instance.Id, settings.StopGrace, cancellation);
            var id = await host.StartAsync(ToStart(slot, record, instance.Image, instance.Index), cancellation);
            record = record with
            {
                Instances = record.Instances.Replace(instance, instance with { Id = id, Port = 0 }),
            };
            await records.WriteAsync(slot, record, CancellationToken.None);
        }
        if (dead.Count > 0)
        {
            record = await Readiness.AwaitAsync(
                record,
                one => ToStart(slot, record, one.Image, one.Index, fresh: false),
                cancellation
            );
            await records.WriteAsync(slot, record, cancellation);
        }
        var wanted = Addresses(record);
        var registered = await registry.ReadRegisteredAsync(slot, cancellation);
        if (!wanted.ToHashSet().SetEquals(registered))
            await registry.RegisterAsync(slot, wanted, cancellation);
        return dead.Count;
    }

    /// <summary>The instances of a slot that run and have a port: what a router that was started again has to learn.</summary>
    public static async Task<ImmutableArray<InstanceAddress>> SurvivorsAsync(
        ArmRecords records,
        IInstanceHost host,
        Slot slot,
        CancellationToken cancellation
    )
    {
        if (await records.ReadAsync(slot, cancellation) is not { } record)
            return [];
        var alive = await host.AliveAsync([.. record.Instances.Select(instance => instance.Id)], cancellation);
        return Addresses(
            record with
            {
                Instances = [.. record.Instances.Where(one => one.Port > 0 && alive.Contains(one.Id))],
            }
        );
    }

    /// <summary>Ends everything of this sandbox, recorded or not: the end of SandboxDown.</summary>
    public async Task StopAllAsync(CancellationToken cancellation)
    {
        foreach (var slot in Slots.All)
            await ClearAsync(slot, cancellation);
    }

    private InstanceStart ToStart(Slot slot, ArmRecord record, ServiceImage image, int index, bool fresh = true)
    {
        var folder = Path.Combine(records.FolderOf(slot), $"{image.Service}-{index}");
        if (fresh)
        {
            Directory.CreateDirectory(folder);
            File.Delete(Path.Combine(folder, "port"));
            // What the instance before said is kept once: it may say why it died.
            if (File.Exists(Path.Combine(folder, "instance.log")))
                File.Move(Path.Combine(folder, "instance.log"), Path.Combine(folder, "before.log"), overwrite: true);
        }
        var variables = record
            .Settings.SetItem("SLIPWAY_VERSION", record.Version.Number)
            .SetItem("SLIPWAY_SERVICE", image.Service)
            .SetItem("SLIPWAY_OUTAGE_FILE", Path.Combine(settings.Root, "outage"));
        var service = settings.Services.FirstOrDefault(one => one.Name == image.Service);
        return new(slot, index, image, record.DeploymentId, folder, variables, secrets.For(service));
    }

    /// <summary>Frees a slot: its instances, and instances that a killed run left without a record.</summary>
    private async Task ClearAsync(Slot slot, CancellationToken cancellation)
    {
        var own = (await records.ReadAsync(slot, cancellation))?.Instances ?? [];
        var ended = own.Select(instance => instance.Id).Union(await host.FindAsync(slot, cancellation));
        await Task.WhenAll(ended.Select(id => host.StopAsync(id, settings.StopGrace, cancellation)));
        records.Remove(slot);
    }

    private Task<ImmutableHashSet<string>> AliveAsync(ArmRecord record, CancellationToken cancellation) =>
        host.AliveAsync([.. record.Instances.Select(instance => instance.Id)], cancellation);

    private static ImmutableArray<InstanceAddress> Addresses(ArmRecord record) =>
        [.. record.Instances.Select(one => new InstanceAddress(one.Service, one.Index, one.Port))];

    /// <summary>The service's name for its first instance, <c>name-2</c> for the second: one URL per instance.</summary>
    private static string Key(InstanceRecord instance) =>
        instance.Index == 1 ? instance.Service : $"{instance.Service}-{instance.Index}";
}
