using Slipway.Outcomes;

namespace Slipway.Versions;

/// <summary>Which number the next version raises.</summary>
public enum VersionBump
{
    Patch,
    Minor,
    Major,
}

public sealed partial record ProjectVersion
{
    public ProjectVersion NextPatch() => Next(VersionBump.Patch);

    /// <summary>The next release. Of a prerelease that already announces it, it is that release: <c>v1.3.0-rc.1</c> → minor <c>v1.3.0</c>.</summary>
    /// <exception cref="PipelineException">The number cannot be raised any more.</exception>
    public ProjectVersion Next(VersionBump bump)
    {
        var announced =
            IsPrerelease
            && bump switch
            {
                VersionBump.Major => Minor == 0 && Patch == 0,
                VersionBump.Minor => Patch == 0,
                _ => true,
            };
        return (announced, bump) switch
        {
            (true, _) => Of(SubProjectPath, Major, Minor, Patch),
            (_, VersionBump.Major) => Of(SubProjectPath, Raise(Major), 0, 0),
            (_, VersionBump.Minor) => Of(SubProjectPath, Major, Raise(Minor), 0),
            _ => Of(SubProjectPath, Major, Minor, Raise(Patch)),
        };
    }

    private int Raise(int number) =>
        number < int.MaxValue
            ? number + 1
            : throw new PipelineException(
                $"there is no version after {FullVersion}: {number} is the largest number",
                next: "raise the number before it"
            );
}
