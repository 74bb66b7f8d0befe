using System.Collections.Immutable;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// Replaces every registered secret by <c>***</c>, also where it stands in base64 or is escaped, wholly or in part, for a
/// URL, a form, a quoted string (JSON and most languages) or HTML.
/// Works on whole lines: a secret of several lines is looked for line by line. Safe for use by several threads.
/// </summary>
public sealed class Redactor
{
    private readonly Lock _gate = new();
    private ImmutableHashSet<string> _values = [];
    private ImmutableHashSet<string> _short = [];
    private SecretPatterns? _patterns = SecretPatterns.None;

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

    /// <summary>No appearance of a secret is longer, characters: text that is cut must overlap by that.</summary>
    internal int LongestForm => Current().Longest;

    /// <summary>The last place at or after <paramref name="wanted"/> where a text can be cut without cutting a secret in two.</summary>
    internal int SafeCut(string text, int wanted) => Current().SafeCut(text, wanted);

    private SecretPatterns Current()
    {
        if (_patterns is { } patterns)
            return patterns;
        lock (_gate)
            return _patterns ??= SecretPatterns.Of(_values);
    }
}
