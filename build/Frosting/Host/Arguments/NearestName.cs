namespace Slipway.Host;

/// <summary>What somebody who mistyped a name probably meant.</summary>
public static class NearestName
{
    /// <summary>The candidate nearest to <paramref name="typed"/>, or null where none is near. Letter case does not count.</summary>
    public static string? Of(string typed, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(candidates);
        if (typed.Length is 0 or > 100)
        {
            return null;
        }

        string? nearest = null;
        var best = Math.Max(2, typed.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            var begins =
                typed.Length >= 3
                && (
                    candidate.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
                    || typed.StartsWith(candidate, StringComparison.OrdinalIgnoreCase)
                );
            var distance = begins ? 1 : Distance(typed.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < best && distance < candidate.Length)
            {
                (nearest, best) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>Letters to add, drop, change or swap with their neighbour (optimal string alignment).</summary>
    internal static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= other.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var change = one[i - 1] == other[j - 1] ? 0 : 1;
                var best = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    best = Math.Min(best, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = best;
            }
        }

        return rows[one.Length, other.Length];
    }
}
