using FsCheck;
using FsCheck.Fluent;
using NuGet.Versioning;
using Slipway.Versions;
using Holds = FsCheck.NUnit.PropertyAttribute;

#pragma warning disable NUnit1027 // FsCheck supplies the arguments
namespace Slipway.Deployment.Tests.Versions;

/// <summary>What holds for every version, and for every text.</summary>
public class VersionLaws
{
    [Holds(Arbitrary = [typeof(SomeVersions)], MaxTest = 500)]
    public bool What_is_formatted_parses_to_the_same(ProjectVersion version) =>
        ProjectVersion.Parse(version.ToString()) == version
        && ProjectVersion.Of(version.SubProjectPath, version.Major, version.Minor, version.Patch, version.Prerelease)
            == version;

    [Holds(Arbitrary = [typeof(SomeVersions)], MaxTest = 500)]
    public bool Order_is_antisymmetric_and_agrees_with_equality(ProjectVersion left, ProjectVersion right) =>
        Math.Sign(left.CompareTo(right)) == -Math.Sign(right.CompareTo(left))
        && left.CompareTo(right) == 0 == (left == right);

    [Holds(Arbitrary = [typeof(SomeVersions)], MaxTest = 500)]
    public bool Order_is_transitive(ProjectVersion a, ProjectVersion b, ProjectVersion c)
    {
        ProjectVersion[] sorted = [.. new[] { a, b, c }.Order()];
        return sorted[0].CompareTo(sorted[1]) <= 0
            && sorted[1].CompareTo(sorted[2]) <= 0
            && sorted[0].CompareTo(sorted[2]) <= 0;
    }

    [Holds(Arbitrary = [typeof(SomeVersions)], MaxTest = 500)]
    public bool Order_agrees_with_nuget_where_nuget_follows_the_specification(ProjectVersion left, ProjectVersion right)
    {
        var mine = Math.Sign(left.CompareTo(right with { SubProjectPath = left.SubProjectPath }));
        var theirs = SemanticVersion.Parse(Lower(left)).CompareTo(SemanticVersion.Parse(Lower(right)));
        return mine == Math.Sign(theirs);
    }

    [Holds(Arbitrary = [typeof(SomeVersions)])]
    public bool The_next_version_is_higher_and_a_release(ProjectVersion version) =>
        new[] { VersionBump.Patch, VersionBump.Minor, VersionBump.Major }.All(bump =>
            version.Next(bump).CompareTo(version) > 0 && !version.Next(bump).IsPrerelease
        );

    [Holds(MaxTest = 1000)]
    public bool Any_text_is_taken_or_refused_with_a_reason(string? text) =>
        ProjectVersion.TryParse(text, out var version, out var error)
            ? version.FullVersion == text && error is null
            : !string.IsNullOrEmpty(error);

    private static string Lower(ProjectVersion version) => version.Number.ToLowerInvariant();

    public static class SomeVersions
    {
        public static Arbitrary<ProjectVersion> Version()
        {
            var number = Gen.Choose(0, 12);
            var label = Gen.OneOf(
                Gen.Choose(0, 30).Select(n => n.ToString()),
                Gen.Elements("alpha", "beta", "rc", "rc1", "x-y", "0a")
            );
            var prerelease = Gen.OneOf(
                Gen.Constant<string?>(null),
                label.NonEmptyListOf().Select(labels => (string?)string.Join('.', labels.Take(3)))
            );
            var path = Gen.Elements("", "api", "apps/mobile");
            return (
                from p in path
                from major in number
                from minor in number
                from patch in number
                from pre in prerelease
                select ProjectVersion.Of(p, major, minor, patch, pre)
            ).ToArbitrary();
        }
    }
}
