using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>The layout of a local HAProxy: what changes only when the environment's configuration does.</summary>
/// <param name="Folder">Holds configuration, admin socket and pid file.</param>
/// <param name="HttpPort">Port on loopback where the product is served.</param>
/// <param name="StickyBy"><c>cookie:NAME</c> (or only <c>NAME</c>) or <c>header:NAME</c>: keeps a user at one arm.</param>
public sealed record HaproxySettings(
    string Folder,
    int HttpPort,
    ImmutableArray<ServiceSettings> Services,
    string? StickyBy = null
)
{
    /// <summary>What HAProxy and the kernel allow for the path of a socket, with room for HAProxy's temporary suffix.</summary>
    private const int LongestSocketPath = 90;

    public string ConfigurationFile => Path.Combine(Folder, "haproxy.cfg");

    public string PidFile => Path.Combine(Folder, "haproxy.pid");

    public string AdminSocket
    {
        get
        {
            var path = Socket ?? Path.Combine(Folder, "admin.sock");
            return path.Length <= LongestSocketPath
                ? path
                : throw new PipelineException(
                    ExitCode.Usage,
                    $"{path}: too long for the path of a socket",
                    $"at most {LongestSocketPath} characters",
                    "SLIPWAY_SANDBOX_ROOT=/var/tmp/<short> ./build.sh …"
                );
        }
    }

    /// <summary>Where the admin socket is when not in the folder, whose path may be too long for one.</summary>
    public string? Socket { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an instance may be silent during a request.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ClientTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>Who is where: the part of the configuration that changes with each promotion.</summary>
public sealed record SlotAssignment(
    Slot Stable,
    ImmutableArray<InstanceAddress> Blue,
    ImmutableArray<InstanceAddress> Green
)
{
    public static SlotAssignment Empty { get; } = new(Slot.Blue, [], []);

    public ImmutableArray<InstanceAddress> this[Slot slot] => slot == Slot.Blue ? Blue : Green;

    public InstanceAddress? Find(Slot slot, string service, int index) =>
        this[slot].FirstOrDefault(instance => instance.Service == service && instance.Index == index);

    /// <summary>The services that the file was written for, without their secrets.</summary>
    public ImmutableArray<ServiceSettings> Services { get; init; } = [];

    /// <summary>Of an assignment that is laid out for them: services that run and that these are not.</summary>
    public ImmutableArray<ServiceSettings> KeptBeside(ImmutableArray<ServiceSettings> configured) =>
        [.. Services.Where(service => configured.All(one => one.Name != service.Name))];

    /// <summary>
    /// Laid out for these services and for what still runs of others: a service that the configuration does not have any
    /// more, or an instance more than it has, keeps its routes until it is unregistered. What nobody knows the routes of
    /// is left out.
    /// </summary>
    public SlotAssignment For(ImmutableArray<ServiceSettings> configured)
    {
        ImmutableArray<ServiceSettings> services =
        [
            .. configured.Select(service => service with { Instances = Math.Max(service.Instances, Highest(service)) }),
            .. KeptBeside(configured)
                .Where(before => Highest(before) > 0)
                .Select(before => before with { Instances = Highest(before) }),
        ];
        return this with
        {
            Services =
            [
                .. services.Select(service =>
                    service with
                    {
                        Routes = service.Routes.IsDefault ? [] : service.Routes,
                        Secrets = [],
                    }
                ),
            ],
            Blue = Known(Blue),
            Green = Known(Green),
        };

        int Highest(ServiceSettings service) =>
            Blue.Concat(Green)
                .Where(instance => instance.Service == service.Name)
                .Select(instance => instance.Index)
                .DefaultIfEmpty(0)
                .Max();

        ImmutableArray<InstanceAddress> Known(ImmutableArray<InstanceAddress> instances) =>
            [
                .. instances
                    .Where(instance =>
                        services.Any(service => service.Name == instance.Service && instance.Index <= service.Instances)
                    )
                    .OrderBy(instance => instance.Service, StringComparer.Ordinal)
                    .ThenBy(instance => instance.Index),
            ];
    }
}
