using System.Collections.Immutable;

namespace Slipway.Checks;

/// <summary>A check run or commit status of the commit, as GitHub reports it.</summary>
/// <param name="State">
/// A check run's conclusion, or its status while it has none; a commit status's state: <c>success</c>, <c>failure</c>,
/// <c>pending</c>, <c>in_progress</c>, <c>skipped</c>, …
/// </param>
/// <param name="At">When it was started or set; of several with one name the newest counts.</param>
public sealed record ReportedCheck(string Name, string State, string? Url, DateTimeOffset At);

/// <summary>Holds the checks that an environment requires against those that the commit has.</summary>
public static class RequiredChecks
{
    public static ImmutableArray<CheckResult> Evaluate(
        IEnumerable<string> required,
        IReadOnlyCollection<ReportedCheck> reported
    ) =>
        [
            .. required.Select(name =>
                reported.Where(check => check.Name == name).MaxBy(check => check.At) is { } newest
                    ? Judge(newest)
                    : new CheckResult(name, CheckStatus.Missing, "the commit has no such check; expected success")
            ),
        ];

    private static CheckResult Judge(ReportedCheck check) =>
        check.State switch
        {
            "success" => new(check.Name, CheckStatus.Passed, "success", check.Url),
            "neutral" => new(check.Name, CheckStatus.Warning, "neutral: it says neither yes nor no", check.Url),
            "pending" or "queued" or "in_progress" or "waiting" or "requested" or "expected" => new(
                check.Name,
                CheckStatus.Pending,
                $"{check.State}; expected success",
                check.Url
            ),
            "skipped" => new(
                check.Name,
                CheckStatus.Failed,
                "skipped: it checked nothing; expected success",
                check.Url
            ),
            _ => new(check.Name, CheckStatus.Failed, $"{check.State}; expected success", check.Url),
        };
}
