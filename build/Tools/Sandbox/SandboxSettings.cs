using System.Text.Json.Serialization;

namespace Slipway.Tools;

/// <summary>What Terraform is told of a sandbox, and where its parts lie.</summary>
/// <param name="Root">The sandbox's folder.</param>
/// <param name="Scripts">Folder of the scripts that bring the parts up and down.</param>
/// <param name="HttpPort">Loopback port of the product.</param>
/// <param name="DatabasePort">Loopback port of PostgreSQL.</param>
public sealed record SandboxSettings(
    [property: JsonPropertyName("root")] string Root,
    [property: JsonPropertyName("scripts")] string Scripts,
    [property: JsonPropertyName("http_port")] int HttpPort,
    [property: JsonPropertyName("database_port")] int DatabasePort
)
{
    /// <summary>Variables file for <c>terraform -var-file</c>; the names in it are the variables of the layer.</summary>
    [JsonIgnore]
    public string VariablesFile => Path.Combine(Root, SandboxSettingsFile.Name);

    [JsonIgnore]
    public Uri PublicUrl => new($"http://127.0.0.1:{HttpPort}/");

    [JsonIgnore]
    public string HaproxyFolder => Path.Combine(Root, "haproxy");

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

    /// <summary>When this file is there, the instances of both versions fail: an outage of what they share.</summary>
    [JsonIgnore]
    public string OutageFile => Path.Combine(Root, "outage");

    [JsonIgnore]
    public string TerraformState => Path.Combine(Root, "terraform");
}
