namespace Slipway.Versions;

/// <summary>
/// SemVer 2.0, section 11. NuGet.Versioning is not asked here: it compares prerelease labels without regard to case,
/// and numbers beyond 32 bits as text; the specification does neither.
/// </summary>
internal static class VersionPrecedence
{
    public static int Compare(ProjectVersion left, ProjectVersion right)
    {
        var byNumbers = (left.Major, left.Minor, left.Patch).CompareTo((right.Major, right.Minor, right.Patch));
        return byNumbers != 0 ? byNumbers : ComparePrerelease(left.Prerelease, right.Prerelease);
    }

    private static int ComparePrerelease(string? left, string? right)
    {
        if (left is null || right is null)
            return (left is null).CompareTo(right is null);
        var leftLabels = left.Split('.');
        var rightLabels = right.Split('.');
        for (var i = 0; i < Math.Min(leftLabels.Length, rightLabels.Length); i++)
        {
            var byLabel = CompareLabel(leftLabels[i], rightLabels[i]);
            if (byLabel != 0)
                return byLabel;
        }
        return leftLabels.Length.CompareTo(rightLabels.Length);
    }

    private static int CompareLabel(string left, string right)
    {
        var leftIsNumber = left.All(char.IsAsciiDigit);
        var rightIsNumber = right.All(char.IsAsciiDigit);
        if (leftIsNumber != rightIsNumber)
            return leftIsNumber ? -1 : 1;
        if (leftIsNumber && left.Length != right.Length) // no leading zeros: the longer number is the larger one
            return left.Length.CompareTo(right.Length);
        return string.CompareOrdinal(left, right);
    }
}
