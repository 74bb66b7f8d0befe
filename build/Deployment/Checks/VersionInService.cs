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

    private static CheckResult Passed(string detail) => new(CheckNames.SameVersion, CheckStatus.Passed, detail);
}
