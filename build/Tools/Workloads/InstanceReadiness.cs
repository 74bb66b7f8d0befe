using System.Globalization;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Secrets;
using Slipway.Versions;

namespace Slipway.Tools;

/// <summary>Waits until instances that were started have a port and are healthy.</summary>
/// <param name="timeout">How long each may take.</param>
/// <param name="secrets">What their logs may betray.</param>
/// <param name="health">Asks an instance's health URL: service, URL, version that is expected.</param>
internal sealed class InstanceReadiness(
    IInstanceHost host,
    TimeSpan timeout,
    ServiceSecrets secrets,
    Func<string, Uri, ProjectVersion, CancellationToken, Task<HealthReading>> health,
    TimeProvider time
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Uri HealthUrl(int port) => new($"http://127.0.0.1:{port}/health");

    /// <param name="startOf">How an instance was started: where its port and its log are.</param>
    /// <returns>The record with the ports.</returns>
    /// <exception cref="PipelineException">One ended, says another version, or is not healthy in time; its log's end is told.</exception>
    public async Task<ArmRecord> AwaitAsync(
        ArmRecord record,
        Func<InstanceRecord, InstanceStart> startOf,
        CancellationToken cancellation
    )
    {
        using var oneFailed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var waits = record
            .Instances.Select(instance => Stop(AwaitAsync(record, instance, startOf(instance), oneFailed.Token)))
            .ToList();
        var all = Task.WhenAll(waits);
        try
        {
            return record with { Instances = [.. await all] };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The others were told to stop waiting; the reason is the one that failed.
            throw all.Exception?.InnerExceptions.OfType<PipelineException>().FirstOrDefault()
                ?? waits.Select(wait => wait.Exception?.InnerException).OfType<PipelineException>().First();
        }

        async Task<InstanceRecord> Stop(Task<InstanceRecord> wait)
        {
            try
            {
                return await wait;
            }
            catch (PipelineException)
            {
                await oneFailed.CancelAsync();
                throw;
            }
        }
    }

    private async Task<InstanceRecord> AwaitAsync(
        ArmRecord record,
        InstanceRecord instance,
        InstanceStart start,
        CancellationToken cancellation
    )
    {
        var asked = time.GetTimestamp();
        var last = "it has not said on which port it listens";
        var port = instance.Port;
        while (time.GetElapsedTime(asked) < timeout)
        {
            if ((await host.AliveAsync([instance.Id], cancellation)).IsEmpty)
                throw await NotHealthyAsync("it ended", start, instance, cancellation);
            if (port == 0)
                port = ReadPort(start.PortFile);
            if (port > 0)
            {
                var reading = await health(instance.Service, HealthUrl(port), record.Version, cancellation);
                if (reading.Healthy)
                    return instance with { Port = port };
                last = reading.Detail;
                if (reading.Version is { } other && other != record.Version.Number && other != record.Version.Semver)
                    throw await NotHealthyAsync(last, start, instance, cancellation);
            }
            await Task.Delay(Pause, time, cancellation);
        }
        var waited = timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        throw await NotHealthyAsync($"after {waited} s {last}", start, instance, cancellation);
    }

    private async Task<PipelineException> NotHealthyAsync(
        string why,
        InstanceStart start,
        InstanceRecord instance,
        CancellationToken cancellation
    )
    {
        var log = await host.ReadLogAsync(instance.Id, start.LogFile, cancellation);
        var tail = secrets.All.Where(secret => !secret.IsEmpty).Aggregate(log.Tail, Redact);
        return new(
            $"{instance.Service} {instance.Index} did not become healthy: {why}; its log ({log.Where}) ends with:\n{tail}",
            $"/health answers 200 with version {start.Settings["SLIPWAY_VERSION"]}"
        );

        static string Redact(string text, Secret secret) =>
            text.Replace(secret.Reveal(), Secret.Mask, StringComparison.Ordinal);
    }

    private static int ReadPort(string file)
    {
        try
        {
            return
                int.TryParse(
                    File.ReadAllText(file).Trim(),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var port
                ) && port is > 0 and < 65536
                ? port
                : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
