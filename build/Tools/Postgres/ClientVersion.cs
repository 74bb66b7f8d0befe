using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Version of pg_dump, as it prints it: <c>pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)</c>.</summary>
public sealed record ClientVersion(int Major, int Minor)
{
    // The releases of August 2025 brought psql's \restrict and the option that fixes its key.
    private static readonly Dictionary<int, int> RestrictSince = new()
    {
        [13] = 22,
        [14] = 19,
        [15] = 14,
        [16] = 10,
        [17] = 6,
    };

    public bool KnowsRestrict => Major >= 18 || (RestrictSince.TryGetValue(Major, out var minor) && Minor >= minor);

    public static ClientVersion Parse(string output)
    {
        var match = Pattern.Match(output);
        return match.Success
            ? new ClientVersion(
                Number(match.Groups["major"]),
                match.Groups["minor"].Success ? Number(match.Groups["minor"]) : 0
            )
            : throw new PipelineException(
                "pg_dump did not say its version",
                expected: "pg_dump (PostgreSQL) 15.18",
                next: "./build.sh --target=Doctor"
            );
    }

    public override string ToString() => $"{Major}.{Minor}";

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private static readonly Regex Pattern = new(
        @"\(PostgreSQL\) (?<major>[0-9]{1,4})(\.(?<minor>[0-9]{1,4}))?",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );
}
