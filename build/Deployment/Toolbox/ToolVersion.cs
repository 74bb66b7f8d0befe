using System.Text.RegularExpressions;

namespace Slipway.Toolbox;

/// <summary>Finds a version in what a program prints about itself.</summary>
public static partial class ToolVersion
{
    /// <summary>The first dotted number, or the first number that stands alone; null when there is none.</summary>
    public static Version? Find(string text)
    {
        var match = Dotted().Match(text);
        if (!match.Success)
            match = Single().Match(text);
        if (!match.Success)
            return null;
        var number = match.Groups["version"].Value;
        return Version.TryParse(
            number.Contains('.', StringComparison.Ordinal) ? number : number + ".0",
            out var version
        )
            ? version
            : null;
    }

    [GeneratedRegex(
        @"(^|[^0-9.])(?<version>[0-9]{1,6}(\.[0-9]{1,6}){1,3})",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Dotted();

    [GeneratedRegex(
        @"(^|[\s""v])(?<version>[0-9]{1,6})([\s""]|$)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Single();
}
