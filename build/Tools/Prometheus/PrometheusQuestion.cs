using System.Text;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Tools;

/// <summary>What a sample of the answer is about: the value of <see cref="PrometheusQuestion.KindLabel"/>.</summary>
public enum SampleKind
{
    Requests,
    ServerErrors,
    Timeouts,
    Crashes,
    Latency,
    Started,
    Sampled,
}

/// <summary>
/// All that is asked of Prometheus at a look, as one PromQL expression: one evaluation sees one state of its storage, so
/// that requests, errors and latencies of an answer belong to the same scrapes.
/// </summary>
public static class PrometheusQuestion
{
    /// <summary>Label that the question adds to each part of the answer.</summary>
    public const string KindLabel = "slipway";

    public static string Of(PrometheusSettings settings, ArmNames arms)
    {
        var queries = settings.Queries;
        (SampleKind Kind, string? Query)[] parts =
        [
            (SampleKind.Requests, queries.Requests),
            (SampleKind.ServerErrors, queries.ServerErrors),
            (SampleKind.Timeouts, queries.Timeouts),
            (SampleKind.Crashes, queries.Crashes),
            (SampleKind.Latency, queries.Latency),
            (SampleKind.Started, queries.Started),
            (SampleKind.Sampled, queries.Sampled),
        ];
        var matcher = $"{settings.ArmLabel}=~{Quoted(Pattern(settings.ArmBy, arms))}";
        return string.Join(
            " or ",
            parts
                .Where(part => part.Query is not null)
                .Select(part =>
                {
                    // The longer name first: $arm is its beginning.
                    var query = part.Query!.Replace("$arms", matcher, StringComparison.Ordinal)
                        .Replace("$arm", settings.ArmLabel, StringComparison.Ordinal);
                    return $"label_replace(({query}), \"{KindLabel}\", \"{part.Kind}\", \"\", \"\")";
                })
        );
    }

    /// <summary>An arm's name as a label's value says it: a version may have its <c>v</c>.</summary>
    public static string NameOf(ArmNaming naming, string value) =>
        naming == ArmNaming.Version && value.StartsWith('v') ? value[1..] : value;

    private static string Pattern(ArmNaming naming, ArmNames arms)
    {
        var either = $"{Literal(arms.Stable)}|{Literal(arms.Candidate)}";
        return naming == ArmNaming.Version ? $"v?({either})" : either;
    }

    /// <summary>RE2 takes a backslash before any ASCII punctuation; letters and digits stand for themselves.</summary>
    private static string Literal(string text)
    {
        var literal = new StringBuilder();
        foreach (var c in text)
            literal.Append(char.IsAsciiLetterOrDigit(c) || c > '~' || c < '!' ? $"{c}" : $"\\{c}");
        return literal.ToString();
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            quoted.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    _ => $"{c}",
                }
            );
        return quoted.Append('"').ToString();
    }
}
