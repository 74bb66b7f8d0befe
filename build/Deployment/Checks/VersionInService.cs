using System.Collections.Immutable;
using Slipway.Versions;

namespace Slipway.Checks;

/// <summary>Whether it makes sense to deploy a version where another, or the same, is in service.</summary>
public static class VersionInService
{
    /// <param name="inService">What the environment tag names; null before the first deployment.</param>
    /// <param name="reason">Given with <c>--force</c>; null without it.</param>
    public static CheckResult Check(ProjectVersion candidate, ProjectVersion? inService, string? reason = null)
    {
        if (inService is null)
            return Passed("first deployment");
        var order = candidate.CompareTo(inService);
        if (order > 0)
            return Passed($"{inService} is in service");
        var problem =
            order == 0
                ? $"{candidate} is in service already"
                : $"{inService} is in service, which is higher: going back is --target=Rollback";
        return string.IsNullOrWhiteSpace(reason)
            ? new(
                CheckNames.SameVersion,
                CheckStatus.Failed,
                $"{problem}; expected a higher version, or --force --reason=\"why\""
            )
            : new(CheckNames.SameVersion, CheckStatus.Warning, $"{problem}, overridden: {reason.Trim()}");
    }

    /// <summary>
    /// The same where the environment has regions: what serves in those that are deployed to counts, because the
    /// environment's tag names only what serves in all of them.
    /// </summary>
    /// <param name="serving">Region → version; null for a region where nothing serves yet.</param>
    public static CheckResult Check(
        ProjectVersion candidate,
        ImmutableArray<(string Region, ProjectVersion? Version)> serving,
        string? reason = null
    )
    {
        var checks = serving
            .Select(one => (one.Region, one.Version, Check: Check(candidate, one.Version, reason)))
            .ToImmutableArray();
        // A region that has the version already is no hindrance to the others.
        var counted = checks.Where(one => one.Version != candidate).DefaultIfEmpty(checks[0]).ToImmutableArray();
        var worst = counted.FirstOrDefault(
            one => one.Check.Status == CheckStatus.Failed,
            counted.FirstOrDefault(one => one.Check.Status == CheckStatus.Warning, counted[0])
        );
        return worst.Check with
        {
            Detail =
                worst.Check.Status == CheckStatus.Passed
                    ? string.Join(
                        ", ",
                        checks.Select(one =>
                            $"{one.Region}: {(one.Version == candidate ? $"{candidate} is in service already" : one.Check.Detail)}"
                        )
                    )
                    : $"{(checks.Length > 1 && worst.Version == candidate ? "every region" : worst.Region)}: {worst.Check.Detail}",
        };
    }

    private static CheckResult Passed(string detail) => new(CheckNames.SameVersion, CheckStatus.Passed, detail);
}
