using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Routing;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>One instance to start.</summary>
/// <param name="Folder">The instance's own folder, fresh: its port file and its log lie there.</param>
/// <param name="Settings">Variables that may be seen.</param>
/// <param name="Secrets">Variables that may not: handed over by environment only.</param>
public sealed record InstanceStart(
    Slot Slot,
    int Index,
    ServiceImage Image,
    string DeploymentId,
    string Folder,
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableSortedDictionary<string, Secret> Secrets
)
{
    public string Service => Image.Service;

    /// <summary>The instance writes its port here, whole, once it listens.</summary>
    public string PortFile => Path.Combine(Folder, "port");

    public string LogFile => Path.Combine(Folder, "instance.log");
}

/// <param name="Where">Where the whole log is: a file, or the command that shows it.</param>
public sealed record InstanceLog(string Where, string Tail);

/// <summary>
/// Runs instances on this machine so that they outlive the build program. An instance's id names one life of it: an id
/// never means another process or container that came later.
/// </summary>
public interface IInstanceHost
{
    /// <summary>Starts it and returns its id; does not wait until it listens.</summary>
    Task<string> StartAsync(InstanceStart start, CancellationToken cancellation);

    /// <summary>Which of the ids live now.</summary>
    Task<ImmutableHashSet<string>> AliveAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation);

    /// <summary>Asks it to end, and ends it when it has not done so in time; an id that is not alive is no error.</summary>
    Task StopAsync(string id, TimeSpan grace, CancellationToken cancellation);

    /// <summary>Every instance of this sandbox that was started for the slot and is on the machine, recorded or not.</summary>
    Task<ImmutableHashSet<string>> FindAsync(Slot slot, CancellationToken cancellation);

    Task<InstanceLog> ReadLogAsync(string id, string logFile, CancellationToken cancellation);
}

/// <summary>Where the files of a bundle are.</summary>
public interface IBundleStore
{
    /// <summary>Unpacks a bundle once, verified against its digest, and returns its folder.</summary>
    Task<string> UnpackAsync(ServiceImage image, CancellationToken cancellation);
}
