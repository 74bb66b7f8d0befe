using System.Text.RegularExpressions;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>What happened in a cell, in sentences: those that the run printed, without what only this machine knows.</summary>
internal static partial class Story
{
    private const int LongestReason = 200;

    public static string Of(FaultCell cell)
    {
        var lines = cell.Output.Split('\n').Select(line => TaskName().Replace(line.Trim(), "")).ToArray();
        var version = lines.Select(line => Release().Match(line)).FirstOrDefault(match => match.Success);
        string[] sentences =
        [
            .. lines.Where(line => line.Contains(" started again", StringComparison.Ordinal)),
            End(cell),
            .. lines.Where(line => TakenBack().IsMatch(line)),
            .. lines
                .Select(line => NoTraffic().Match(line))
                .Where(match => match.Success)
                .Select(match => $"the candidate had no traffic any more after {match.Groups["seconds"].Value} s"),
        ];
        return string.Join(
            ' ',
            sentences.Select(text => Sentence(Named(text, version?.Groups["version"].Value))).Distinct()
        );
    }

    private static string End(FaultCell cell) =>
        cell.ExitCode switch
        {
            0 => "the deployment went on to its end",
            130 => $"the deployment was cancelled in {cell.Stage}",
            137 => "the pipeline died on the spot, and nobody was left to act; what runs, ran on",
            _ => Reason(cell.Output),
        };

    private static string Reason(string output)
    {
        var lines = output.Split('\n').Select(line => line.Trim());
        return lines.LastOrDefault(line => Failure().IsMatch(line)) ?? "the deployment failed";
    }

    /// <summary>Versions, addresses and folders of one run say nothing to a reader of the table.</summary>
    private static string Named(string text, string? version)
    {
        if (version is not null)
            text = text.Replace(version, "the new version", StringComparison.Ordinal);
        text = AnyVersion().Replace(text, "the version before");
        text = Address().Replace(text, "");
        text = Folder().Replace(text, "$1");
        return text.Replace("|", "/", StringComparison.Ordinal);
    }

    /// <summary>Whole clauses only: what is too long ends where one does.</summary>
    private static string Sentence(string text)
    {
        text = Figures().Replace(text, "").Trim();
        var cut = false;
        foreach (var separator in (string[])["; ", ", ", ": "])
            while (
                text.Length > LongestReason && text.LastIndexOf(separator, StringComparison.Ordinal) is > 0 and var at
            )
                (text, cut) = (text[..at], true);
        return $"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}{(cut ? ", and more" : "")}.";
    }

    [GeneratedRegex(@"^\w+\s+│\s+")]
    private static partial Regex TaskName();

    [GeneratedRegex(@"^(?<version>v\d+\.\d+\.\d+) at [0-9a-f]+ →")]
    private static partial Regex Release();

    [GeneratedRegex(@"^(?:v\S+ serves again, switched in|v\S+ has all traffic again after)")]
    private static partial Regex TakenBack();

    [GeneratedRegex(@"; 0 % after (?<seconds>[\d.]+) s")]
    private static partial Regex NoTraffic();

    [GeneratedRegex(@"^\w+ failed: ")]
    private static partial Regex Failure();

    [GeneratedRegex(@"v\d+\.\d+\.\d+")]
    private static partial Regex AnyVersion();

    [GeneratedRegex(@"(?:[a-z]+://[^/\s]*@?)?127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?:/[\w.-]+){2,}/([\w.-]+)")]
    private static partial Regex Folder();

    [GeneratedRegex(@"\s*\((?:p = |Connection |127)[^)]*(?:\([^)]*\)[^)]*)*\)?|\s*\(\)|(?<= )\d\d:\d\d:\d\d ")]
    private static partial Regex Figures();
}
