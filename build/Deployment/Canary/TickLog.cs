using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Outcomes;

namespace Slipway.Canary;

/// <summary>One line of <c>rollout/ticks.ndjson</c>: the plan once at the top (and again after a resume), then a tick and its verdict each.</summary>
public sealed record TickLine
{
    public int SchemaVersion { get; init; } = TickLog.SchemaVersion;

    public CanaryPlan? Plan { get; init; }

    public CanaryTick? Tick { get; init; }

    public CanaryVerdict? Verdict { get; init; }

    /// <summary>For a reader with <c>tail -f</c>; replay does not need it.</summary>
    public string? Explanation { get; init; }
}

/// <summary>Text ↔ <see cref="TickLine"/>. Numbers are written so that they read back bit for bit.</summary>
public static class TickLog
{
    /// <summary>Grows when the judge does: verdicts of an older one are not those that a replay here gives.</summary>
    public static int SchemaVersion => 2;

    public static string FileName => "rollout/ticks.ndjson";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>The line without its line end.</summary>
    public static string Write(TickLine line) => JsonSerializer.Serialize(line, Options);

    /// <summary>
    /// Reads the lines of a log. A last line without its end is what a crash leaves and is left out; anything else
    /// that is no line of this log is refused by its number.
    /// </summary>
    public static ImmutableArray<TickLine> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = ImmutableArray.CreateBuilder<TickLine>();
        var end = text.LastIndexOf('\n');
        var number = 0;
        foreach (var line in text[..Math.Max(0, end)].Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                lines.Add(Parse(line, number));
        }
        return lines.ToImmutable();
    }

    private static TickLine Parse(string text, int number)
    {
        try
        {
            var line = JsonSerializer.Deserialize<TickLine>(text, Options);
            if (line is not null && line.SchemaVersion != SchemaVersion)
                throw new PipelineException(
                    $"{FileName}:{number}: written by another version of Slipway (schema {line.SchemaVersion})",
                    $"schema {SchemaVersion}: an older judge's verdicts cannot be repeated by this one",
                    "git checkout <the version that deployed it>, and the same command there"
                );
            if (line is not null && (line.Plan is not null || line is { Tick: not null, Verdict: not null }))
                return line;
        }
        catch (JsonException error)
        {
            throw Refuse(number, error);
        }
        throw Refuse(number, null);
    }

    private static PipelineException Refuse(int number, Exception? inner) =>
        new(
            $"{FileName}:{number}: not a line of a tick log",
            $"a JSON object with schemaVersion {SchemaVersion} and a plan, or a tick with its verdict",
            "replay the file of a finished rollout as it is, or leave out --resume to begin anew",
            inner
        );
}
