using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Tools;

/// <summary>What Terraform is told of a sandbox, and where its parts lie.</summary>
/// <param name="Root">The sandbox's folder.</param>
/// <param name="Scripts">Folder of the scripts that bring the parts up and down.</param>
/// <param name="HttpPorts">Region → loopback port of the product; the only key is <see cref="NoRegion"/> without regions.</param>
/// <param name="DatabasePort">Loopback port of PostgreSQL, which all regions share.</param>
public sealed record SandboxSettings(
    [property: JsonPropertyName("root")] string Root,
    [property: JsonPropertyName("scripts")] string Scripts,
    [property: JsonPropertyName("http_ports")] ImmutableSortedDictionary<string, int> HttpPorts,
    [property: JsonPropertyName("database_port")] int DatabasePort
)
{
    /// <summary>Stands for the only load balancer of a sandbox without regions; no region can be called that.</summary>
    public const string NoRegion = "default";

    /// <summary>Variables file for <c>terraform -var-file</c>; the names in it are the variables of the layer.</summary>
    [JsonIgnore]
    public string VariablesFile => Path.Combine(Root, SandboxSettingsFile.Name);

    /// <summary>What each region has of its own; one, of no region, without regions.</summary>
    [JsonIgnore]
    public ImmutableArray<SandboxRegion> Regions => [.. HttpPorts.Keys.Select(key => In(key == NoRegion ? null : key))];

    [JsonIgnore]
    public string DatabaseFolder => Path.Combine(Root, "postgres");

    /// <summary>Made once, readable by its owner only, by the script that makes the cluster.</summary>
    [JsonIgnore]
    public string DatabasePasswordFile => Path.Combine(DatabaseFolder, "password");

    /// <summary>The bare repository that stands for the remote, so that no real tag is touched.</summary>
    [JsonIgnore]
    public string Remote => Path.Combine(Root, "remote.git");

    [JsonIgnore]
    public string Backups => Path.Combine(Root, "backups");

    /// <summary>Unpacked bundles, one folder per digest.</summary>
    [JsonIgnore]
    public string Releases => Path.Combine(Root, "releases");

    [JsonIgnore]
    public string TerraformState => Path.Combine(Root, "terraform");

    /// <param name="region">Null where there are none.</param>
    public SandboxRegion In(string? region) =>
        region is null
            ? new(null, Root, HttpPorts[NoRegion], null)
            // A socket's path must be short, so it does not lie in the region's folder.
            : new(
                region,
                Path.Combine(Root, "regions", region),
                HttpPorts[region],
                Path.Combine(Root, $"{region}.sock")
            );
}

/// <summary>What a region of a sandbox has of its own: load balancer and instances.</summary>
/// <param name="Name">Null where there are no regions.</param>
/// <param name="Root">Folder of its load balancer and its instances.</param>
/// <param name="Socket">The load balancer's admin socket; null where it lies in its folder.</param>
public sealed record SandboxRegion(string? Name, string Root, int HttpPort, string? Socket)
{
    public Uri PublicUrl => new($"http://127.0.0.1:{HttpPort}/");

    public string HaproxyFolder => Path.Combine(Root, "haproxy");

    public string AdminSocket => Socket ?? Path.Combine(HaproxyFolder, "admin.sock");

    /// <summary>When this file is there, the instances of both versions fail: an outage of what they share.</summary>
    public string OutageFile => Path.Combine(Root, "outage");

    /// <summary>Address in Terraform's state.</summary>
    public string RouterAddress => $"terraform_data.haproxy[\"{Name ?? SandboxSettings.NoRegion}\"]";
}
