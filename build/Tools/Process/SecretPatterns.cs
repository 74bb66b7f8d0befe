using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>What a set of secrets looks like in a text, ready to be searched for.</summary>
internal sealed class SecretPatterns
{
    /// <summary>
    /// Characters of text for one byte or character of a secret: <c>%25C3</c>, <c>\\u00fc</c>, <c>&amp;amp;#252;</c>.
    /// </summary>
    private const int LongestEscape = 12;

    private readonly SearchValues<string>? _search;
    private readonly ImmutableDictionary<char, ImmutableArray<SecretForm>> _forms;

    private SecretPatterns(IReadOnlyCollection<SecretForm> forms)
    {
        if (forms.Count > 0)
            _search = SearchValues.Create([.. forms.Select(form => form.Text).Distinct()], StringComparison.Ordinal);
        _forms = forms
            .GroupBy(form => form.Text[0])
            .ToImmutableDictionary(
                group => group.Key,
                group => group.OrderByDescending(form => form.Text.Length).ToImmutableArray()
            );
        Longest = forms
            .Select(form => LongestEscape * (Encoding.UTF8.GetByteCount(form.Text) + form.Lead + form.Trail))
            .DefaultIfEmpty()
            .Max();
    }

    public static SecretPatterns None { get; } = new([]);

    /// <summary>Characters that no appearance of a secret is longer than.</summary>
    public int Longest { get; }

    public static SecretPatterns Of(ImmutableHashSet<string> values) =>
        new(values.SelectMany(value => SecretForms.Of(value)).ToHashSet());

    public string Redact(string text)
    {
        var places = Find(text);
        if (places.Count == 0)
            return text;
        var result = new StringBuilder(text.Length);
        var written = 0;
        foreach (var (start, end) in places)
        {
            result.Append(text, written, start - written).Append(Secret.Mask);
            written = end;
        }
        return result.Append(text, written, text.Length - written).ToString();
    }

    public int SafeCut(string text, int wanted)
    {
        foreach (var (start, end) in Find(text))
            if (start < wanted && wanted < end)
                return end;
        return wanted;
    }

    /// <summary>The places to mask, in order: overlapping ones are one, so that no end of a second secret shows.</summary>
    private List<(int Start, int End)> Find(string text)
    {
        if (_search is null)
            return [];
        List<(int Start, int End)> places = [.. In(text)];
        foreach (var reading in UnescapedText.Of(text))
            places.AddRange(
                In(reading.Text).Select(place => (reading.PlaceOf(place.Start), reading.PlaceOf(place.End)))
            );
        return places.Count < 2 ? places : Joined(places);
    }

    private static List<(int Start, int End)> Joined(List<(int Start, int End)> places)
    {
        places.Sort();
        var joined = new List<(int Start, int End)> { places[0] };
        foreach (var (start, end) in places.Skip(1))
            if (start <= joined[^1].End)
                joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, end));
            else
                joined.Add((start, end));
        return joined;
    }

    private IEnumerable<(int Start, int End)> In(string text)
    {
        for (var from = 0; from < text.Length; )
        {
            var found = text.AsSpan(from).IndexOfAny(_search!);
            if (found < 0)
                yield break;
            var at = from + found;
            yield return LongestAt(text, at);
            from = at + 1;
        }
    }

    private (int Start, int End) LongestAt(string text, int at)
    {
        var form = _forms[text[at]].First(form => text.AsSpan(at).StartsWith(form.Text, StringComparison.Ordinal));
        var start = at;
        while (at - start < form.Lead && start > 0 && IsBase64(text[start - 1]))
            start--;
        var end = at + form.Text.Length;
        var limit = end + form.Trail;
        while (end < limit && end < text.Length && IsBase64(text[end]))
            end++;
        return (start, end);
    }

    private static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_';
}
