namespace Slipway.Environments;

/// <summary>What somebody probably meant.</summary>
public static class NearestName
{
    /// <returns>Null when nothing is near.</returns>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        if (typed.Length > 64)
            return null;
        return names
            .Select(name => (Name: name, Distance: Distance(typed.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(typed.Length, candidate.Name.Length) / 3))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two words.</summary>
    private static int Distance(string left, string right)
    {
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        for (var j = 0; j <= right.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                distances[i, j] = i + j;
                continue;
            }
            var replaced = distances[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            var changed = Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1;
            var swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
                    ? distances[i - 2, j - 2] + 1
                    : int.MaxValue;
            distances[i, j] = Math.Min(Math.Min(replaced, changed), swapped);
        }
        return distances[left.Length, right.Length];
    }
}
