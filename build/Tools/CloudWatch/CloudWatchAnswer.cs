using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Tools;

/// <summary>Output of <c>aws cloudwatch get-metric-data --output json</c>, as types.</summary>
/// <param name="Points">Value of a query at the start of a period.</param>
/// <param name="Problem">Why there is no whole answer; null when there is one.</param>
public sealed record CloudWatchAnswer(
    ImmutableDictionary<(string Id, DateTimeOffset Start), double> Points,
    string? Problem
)
{
    private const int LongestMessage = 300;

    public static CloudWatchAnswer Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Failed("aws's output is not that of get-metric-data");
        }
    }

    public static CloudWatchAnswer Failed(string problem) =>
        new(ImmutableDictionary<(string, DateTimeOffset), double>.Empty, problem);

    /// <summary>Pages are put together by aws; the result of one query can then stand there in pieces.</summary>
    private static CloudWatchAnswer Read(JsonElement root)
    {
        if (Message(root) is { } message)
            return Failed(message);
        var points = ImmutableDictionary.CreateBuilder<(string, DateTimeOffset), double>();
        foreach (var result in root.GetProperty("MetricDataResults").EnumerateArray())
        {
            var id = result.GetProperty("Id").GetString()!;
            var status = result.TryGetProperty("StatusCode", out var code) ? code.GetString() : "Complete";
            // A result that goes on at the next page is partial until its last piece.
            if (status is not ("Complete" or "PartialData"))
                return Failed($"CloudWatch answers {Shown(status)} for {Shown(id)}");
            if (Message(result) is { } about)
                return Failed($"{Shown(id)}: {about}");
            var (times, values) = (result.GetProperty("Timestamps"), result.GetProperty("Values"));
            if (times.GetArrayLength() != values.GetArrayLength())
                return Failed($"{Shown(id)} has {times.GetArrayLength()} times for {values.GetArrayLength()} values");
            foreach (var (time, value) in times.EnumerateArray().Zip(values.EnumerateArray()))
                points[(id, Instant(time))] = value.GetDouble();
        }
        return PartialIn(root) is { } partial
            ? Failed($"CloudWatch has only a part of {Shown(partial)}")
            : new(points.ToImmutable(), null);
    }

    /// <summary>The first query whose last piece is not complete.</summary>
    private static string? PartialIn(JsonElement root) =>
        root.GetProperty("MetricDataResults")
            .EnumerateArray()
            .GroupBy(result => result.GetProperty("Id").GetString())
            .FirstOrDefault(pieces =>
                pieces.Last().TryGetProperty("StatusCode", out var status) && status.GetString() == "PartialData"
            )
            ?.Key;

    private static string? Message(JsonElement element) =>
        element.TryGetProperty("Messages", out var messages) && messages.GetArrayLength() > 0
            ? $"{Shown(messages[0].GetProperty("Code").GetString())}: {Shown(messages[0].GetProperty("Value").GetString())}"
            : null;

    /// <summary>A date, or seconds since 1970: that depends on the version of aws and its configuration.</summary>
    private static DateTimeOffset Instant(JsonElement time) =>
        time.ValueKind == JsonValueKind.Number
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(time.GetDouble() * 1000))
            : DateTimeOffset
                .Parse(time.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                .ToUniversalTime();

    private static string Shown(string? text) =>
        new([.. (text ?? "?").Take(LongestMessage).Select(c => char.IsControl(c) ? ' ' : c)]);
}
