using System.Collections.Immutable;
using System.Text;

namespace Slipway.Tools;

/// <param name="Text">What to look for.</param>
/// <param name="Lead">Characters before it that hold bits of the secret too (base64 out of step with its groups).</param>
/// <param name="Trail">Characters after it that do.</param>
internal readonly record struct SecretForm(string Text, int Lead = 0, int Trail = 0);

/// <summary>The forms in which a secret shows up in output whose escapes were undone: as it is, and in base64.</summary>
internal static class SecretForms
{
    /// <summary>A shorter value is not looked for inside text: it would shred every line and give itself away by that.</summary>
    public const int MinimumLength = 4;

    private const int MinimumLineLength = 8;

    /// <summary>A shorter path of a URL is a word like <c>hooks</c>; a longer one is the key of a webhook.</summary>
    private const int MinimumPathLength = 16;

    public static ImmutableArray<SecretForm> Of(string value)
    {
        if (value.Length < MinimumLength)
            return [];
        var forms = new HashSet<SecretForm>();
        foreach (var part in Parts(value))
        {
            forms.Add(new SecretForm(part));
            for (var offset = 0; offset < 3; offset++)
                forms.UnionWith(Base64(part, offset));
        }
        return [.. forms.Where(form => form.Text.Length >= MinimumLength && !form.Text.Contains('\n'))];
    }

    /// <summary>The value, each long line of it (output is read line by line), and the key in a URL.</summary>
    private static IEnumerable<string> Parts(string value)
    {
        yield return value;
        var lines = value.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 1 && lines[0] != value && lines[0].Length >= MinimumLength)
            yield return lines[0];
        else if (lines.Length > 1)
            foreach (var line in lines.Where(line => line.Length >= MinimumLineLength))
                yield return line;
        foreach (var password in PasswordOf(value))
            yield return password;
        foreach (var path in PathOf(value))
            yield return path;
    }

    /// <summary>Of a webhook the path is the secret: the server that refuses it says the path alone.</summary>
    private static IEnumerable<string> PathOf(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            return [];
        return new[] { uri.PathAndQuery, uri.AbsolutePath, uri.Segments[^1], uri.Query.TrimStart('?') }
            .Where(part => part.Length >= MinimumPathLength)
            .Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> PasswordOf(string value)
    {
        if (!value.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(value, UriKind.Absolute, out var uri))
            yield break;
        var colon = uri.UserInfo.IndexOf(':');
        if (colon < 0)
            yield break;
        var user = uri.UserInfo[..colon];
        var password = uri.UserInfo[(colon + 1)..];
        // A password that is also the user or the database of the URL is a word of everyday output.
        if (password.Length < MinimumLineLength || password == user || uri.AbsolutePath.TrimStart('/') == password)
            yield break;
        yield return password;
        yield return Uri.UnescapeDataString(password);
    }

    private static IEnumerable<SecretForm> Base64(string value, int offset)
    {
        var bytes = new byte[offset + Encoding.UTF8.GetByteCount(value)];
        Encoding.UTF8.GetBytes(value, bytes.AsSpan(offset));
        var whole = Convert.ToBase64String(bytes).TrimEnd('=');
        // Only the characters whose six bits all come from the secret are known.
        var first = offset == 0 ? 0 : offset + 1;
        var known = bytes.Length * 8 / 6;
        if (known - first < MinimumLength)
            yield break;
        var text = whole[first..known];
        var lead = offset == 0 ? 0 : 1;
        var trail = bytes.Length * 8 % 6 == 0 ? 0 : 1;
        yield return new SecretForm(text, lead, trail);
        yield return new SecretForm(text.Replace('+', '-').Replace('/', '_'), lead, trail);
        if (offset != 0)
            yield break;
        // Wrapped as base64(1) and openssl do it.
        foreach (var width in new[] { 64, 76 })
            if (text.Length > width)
                foreach (var line in text.Chunk(width).Where(line => line.Length >= MinimumLineLength))
                    yield return new SecretForm(new string(line), 0, line.Length < width ? trail : 0);
    }
}
