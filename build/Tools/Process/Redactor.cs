using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// Replaces every registered secret by <c>***</c>, also where it stands URL-encoded, JSON-escaped, HTML-escaped or in base64.
/// Works on whole lines: a secret of several lines is looked for line by line. Safe for use by several threads.
/// </summary>
public sealed class Redactor
{
    private readonly Lock _gate = new();
    private ImmutableHashSet<string> _values = [];
    private ImmutableHashSet<string> _short = [];
    private Patterns? _patterns = Patterns.None;

    /// <summary>
    /// Registers a secret for the rest of the run. False when it is shorter than four characters: such a value is
    /// replaced only where it is a whole line, because looked for inside text it would shred every line.
    /// </summary>
    public bool Register(Secret secret)
    {
        var value = secret.Reveal();
        if (value.Length == 0)
            return false;
        lock (_gate)
        {
            if (value.Length < SecretForms.MinimumLength)
            {
                _short = _short.Add(value);
                return false;
            }
            if (_values.Contains(value))
                return true;
            _values = _values.Add(value);
            _patterns = null; // made when the next text comes: secrets are registered in bunches
            return true;
        }
    }

    public string Redact(string text)
    {
        if (text.Length == 0)
            return text;
        var shorts = _short;
        if (shorts.Count > 0 && shorts.Contains(text.Trim()))
            return Secret.Mask;
        return Current().Redact(text);
    }

    /// <summary>The longest form of any secret, characters: text that is cut must overlap by that.</summary>
    internal int LongestForm => Current().Longest;

    /// <summary>The last place at or after <paramref name="wanted"/> where a text can be cut without cutting a secret in two.</summary>
    internal int SafeCut(string text, int wanted) => Current().SafeCut(text, wanted);

    private Patterns Current()
    {
        if (_patterns is { } patterns)
            return patterns;
        lock (_gate)
            return _patterns ??= Patterns.Of(_values);
    }

    private sealed class Patterns(
        SearchValues<string>? search,
        ImmutableDictionary<char, ImmutableArray<SecretForm>> forms
    )
    {
        public static Patterns None { get; } = new(null, ImmutableDictionary<char, ImmutableArray<SecretForm>>.Empty);

        public int Longest { get; } =
            forms
                .Values.SelectMany(list => list)
                .Select(form => form.Text.Length + form.Lead + form.Trail)
                .DefaultIfEmpty()
                .Max();

        public static Patterns Of(ImmutableHashSet<string> values)
        {
            var forms = values.SelectMany(value => SecretForms.Of(value)).Distinct().ToList();
            if (forms.Count == 0)
                return None;
            return new Patterns(
                SearchValues.Create([.. forms.Select(form => form.Text).Distinct()], StringComparison.Ordinal),
                forms
                    .GroupBy(form => form.Text[0])
                    .ToImmutableDictionary(
                        group => group.Key,
                        group => group.OrderByDescending(form => form.Text.Length).ToImmutableArray()
                    )
            );
        }

        public string Redact(string text)
        {
            StringBuilder? result = null;
            var written = 0;
            foreach (var (start, end) in Matches(text))
            {
                result ??= new StringBuilder(text.Length);
                result.Append(text, written, start - written).Append(Secret.Mask);
                written = end;
            }
            return result is null ? text : result.Append(text, written, text.Length - written).ToString();
        }

        public int SafeCut(string text, int wanted)
        {
            foreach (var (start, end) in Matches(text))
                if (start < wanted && wanted < end)
                    return end;
            return wanted;
        }

        /// <summary>The places to mask: overlapping ones are one, so that no end of a second secret shows.</summary>
        private IEnumerable<(int Start, int End)> Matches(string text)
        {
            if (search is null)
                yield break;
            var masked = (Start: -1, End: -1);
            var from = 0;
            while (from < text.Length)
            {
                var found = text.AsSpan(from).IndexOfAny(search);
                if (found < 0)
                    break;
                var at = from + found;
                var (start, end) = LongestAt(text, at);
                from = at + 1;
                if (masked.Start >= 0 && start <= masked.End)
                {
                    masked.End = Math.Max(masked.End, end);
                    continue;
                }
                if (masked.Start >= 0)
                    yield return masked;
                masked = (Math.Max(start, masked.End), end);
            }
            if (masked.Start >= 0)
                yield return masked;
        }

        private (int Start, int End) LongestAt(string text, int at)
        {
            var form = forms[text[at]].First(form => text.AsSpan(at).StartsWith(form.Text, StringComparison.Ordinal));
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
}
