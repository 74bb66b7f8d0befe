using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Runs;

namespace Slipway.Smoke;

public enum SmokeKind
{
    Health,
    Database,
    Endpoint,
}

/// <param name="Target">URL or database that was asked (never with credentials).</param>
public sealed record SmokeCheck(
    string Name,
    SmokeKind Kind,
    string Target,
    bool Passed,
    string Detail,
    double Milliseconds
)
{
    /// <summary>Null where the environment has no regions, and for what they share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }

    /// <summary>For people.</summary>
    [JsonIgnore]
    public string Title => Region is null ? Name : $"{Region} {Name}";
}

/// <summary>Output of Smoke.</summary>
public sealed record SmokeResult : StageOutput, IStageFile
{
    public static string FileName => "smoke/smoke.json";

    public required ImmutableArray<SmokeCheck> Checks { get; init; }
}
