namespace Slipway.Host;

/// <summary>Lists in sentences.</summary>
internal static class Words
{
    public static string Or(IReadOnlyList<string> words) => Join(words, "or");

    public static string And(IReadOnlyList<string> words) => Join(words, "and");

    private static string Join(IReadOnlyList<string> words, string last) =>
        words.Count switch
        {
            0 => "",
            1 => words[0],
            _ => $"{string.Join(", ", words.Take(words.Count - 1))} {last} {words[^1]}",
        };
}
