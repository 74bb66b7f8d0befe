using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NuGet.Versioning;
using Slipway.Outcomes;

namespace Slipway.Versions;

public sealed partial record ProjectVersion
{
    /// <summary>The longest tag name taken: what a file system holds as one loose ref.</summary>
    public const int MaximumLength = 200;

    /// <summary>Shape of a version, for messages.</summary>
    public const string Grammar = "[<path>/]vMAJOR.MINOR.PATCH[-prerelease], e.g. v1.2.3 or api/v1.2.3-beta.1";

    /// <exception cref="PipelineException">Not a version; says why.</exception>
    public static ProjectVersion Parse(string text) =>
        TryParse(text, out var version, out var error)
            ? version
            : throw new PipelineException(ExitCode.Usage, $"{QuotedText.Of(text)} is not a version: {error}", Grammar);

    /// <param name="error">What is wrong with it, without the text itself.</param>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out ProjectVersion? version,
        [NotNullWhen(false)] out string? error
    )
    {
        version = null;
        if (string.IsNullOrEmpty(text))
            error = "it is empty";
        else if (text.Length > MaximumLength)
            error = $"it has {text.Length} characters, at most {MaximumLength} are taken";
        else
        {
            var slash = text.LastIndexOf('/');
            var path = slash < 0 ? "" : text[..slash];
            error = slash == 0 ? "it starts with a slash" : SubProjectPaths.Refusal(path);
            error ??= ParseSemver(text[(slash + 1)..], path, out version);
        }
        return version is not null;
    }

    /// <summary>A version from its parts.</summary>
    /// <exception cref="PipelineException">The parts make no version.</exception>
    public static ProjectVersion Of(
        string subProjectPath,
        int major,
        int minor,
        int patch,
        string? prerelease = null
    ) =>
        Parse(
            (subProjectPath.Length == 0 ? "" : subProjectPath + "/")
                + $"v{major}.{minor}.{patch}"
                + (prerelease is null ? "" : "-" + prerelease)
        );

    private static string? ParseSemver(string semver, string path, out ProjectVersion? version)
    {
        version = null;
        if (!semver.StartsWith('v'))
            return semver.Length > 0 && char.IsAsciiDigit(semver[0])
                ? "the number must be preceded by v"
                : "it does not end in vMAJOR.MINOR.PATCH";
        var hyphen = semver.IndexOf('-', StringComparison.Ordinal);
        var core = hyphen < 0 ? semver[1..] : semver[1..hyphen];
        var prerelease = hyphen < 0 ? null : semver[(hyphen + 1)..];
        if (semver.Contains('+', StringComparison.Ordinal))
            return "build metadata (+…) is not taken: a tag names one build";
        var numbers = core.Split('.');
        if (numbers.Length != 3)
            return "it does not have three numbers MAJOR.MINOR.PATCH";
        if (numbers.Select(NumberRefusal).FirstOrDefault(refusal => refusal is not null) is { } numberRefusal)
            return numberRefusal;
        if (prerelease is not null && PrereleaseRefusal(prerelease) is { } prereleaseRefusal)
            return prereleaseRefusal;
        if (!SemanticVersion.TryParse(semver[1..], out _))
            return "it is not a version of SemVer 2.0";
        version = new ProjectVersion(
            path.Length == 0 ? semver : $"{path}/{semver}",
            path,
            semver,
            int.Parse(numbers[0], CultureInfo.InvariantCulture),
            int.Parse(numbers[1], CultureInfo.InvariantCulture),
            int.Parse(numbers[2], CultureInfo.InvariantCulture),
            prerelease
        );
        return null;
    }

    private static string? NumberRefusal(string number)
    {
        if (number.Length == 0 || !number.All(char.IsAsciiDigit))
            return "MAJOR, MINOR and PATCH must be digits only";
        if (number.Length > 1 && number[0] == '0')
            return $"the number {Shortened(number)} has a leading zero";
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null
            : $"the number {Shortened(number)} is larger than {int.MaxValue}";
    }

    private static string? PrereleaseRefusal(string prerelease)
    {
        foreach (var label in prerelease.Split('.'))
        {
            if (label.Length == 0)
                return "the prerelease has an empty part";
            if (!label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                return "the prerelease may have only letters, digits, hyphens and dots";
            if (label.Length > 1 && label[0] == '0' && label.All(char.IsAsciiDigit))
                return $"the prerelease number {Shortened(label)} has a leading zero";
            if (
                label.EndsWith(".lock", StringComparison.OrdinalIgnoreCase)
                || label.Equals("lock", StringComparison.Ordinal)
            )
                return "git takes no tag that ends in .lock";
            var word = label[(label.LastIndexOf('-') + 1)..];
            if (StateTag.Words.ContainsKey(word.ToLowerInvariant()))
                return $"{word} is the word of a state tag and never a prerelease";
        }
        return null;
    }

    private static string Shortened(string digits) => digits.Length <= 20 ? digits : digits[..20] + "…";
}
