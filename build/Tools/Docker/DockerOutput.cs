using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Tools;

/// <summary>docker's answers → types.</summary>
internal static partial class DockerOutput
{
    /// <summary>The digest in what push (<c>tag: digest: sha256:…</c>) and pull (<c>Digest: sha256:…</c>) print; null without one.</summary>
    public static string? Digest(string output)
    {
        var match = DigestLine().Match(output);
        return match.Success ? match.Groups["digest"].Value : null;
    }

    public static long ImageSize(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement[0].GetProperty("Size").GetInt64();
    }

    public static ContainerState Container(string json)
    {
        using var document = JsonDocument.Parse(json);
        var container = document.RootElement[0];
        var state = container.GetProperty("State");
        var config = container.GetProperty("Config");
        var labels = config.GetProperty("Labels");
        return new ContainerState(
            container.GetProperty("Id").GetString()!,
            container.GetProperty("Name").GetString()!.TrimStart('/'),
            config.GetProperty("Image").GetString()!,
            state.GetProperty("Running").GetBoolean(),
            state.GetProperty("ExitCode").GetInt32(),
            state.GetProperty("StartedAt").GetDateTimeOffset(),
            container.GetProperty("RestartCount").GetInt32(),
            labels.ValueKind == JsonValueKind.Object
                ? labels
                    .EnumerateObject()
                    .ToImmutableSortedDictionary(label => label.Name, label => label.Value.GetString()!)
                : ImmutableSortedDictionary<string, string>.Empty
        );
    }

    [GeneratedRegex(
        @"^(.*: digest|Digest): (?<digest>sha256:[0-9a-f]{64})",
        RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex DigestLine();
}
