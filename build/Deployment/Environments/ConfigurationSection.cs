using System.Collections.Immutable;
using System.Globalization;
using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>
/// Reads an object of a configuration file key by key. What is wrong becomes an error and reading goes on, so that one
/// look finds everything; a key that nobody asked for is an error at the end.
/// </summary>
internal sealed class ConfigurationSection(ObjectNode node, ConfigurationErrors errors)
{
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    public static T Read<T>(ObjectNode node, ConfigurationErrors errors, Func<ConfigurationSection, T> read)
    {
        var section = new ConfigurationSection(node, errors);
        var value = read(section);
        section.RefuseUnknownKeys();
        return value;
    }

    public bool Has(string key) => node.Members.TryGetValue(key, out var value) && value is not NullNode;

    public void Error(string key, string problem, string expected) =>
        errors.Add(ConfigurationParser.Join(node.Path, key), problem, expected);

    public string? Text(string key, TextRule rule) =>
        Find<TextNode>(key, rule.Expected) is { } text ? Checked(text, rule) : null;

    /// <returns>The empty text when it is missing or wrong (then there is an error).</returns>
    public string RequiredText(string key, TextRule rule) => Require(key, rule.Expected) ? Text(key, rule) ?? "" : "";

    public bool Flag(string key, bool fallback = false) =>
        Find<FlagNode>(key, "true or false") is { } flag ? flag.Value : fallback;

    public long Integer(string key, long fallback, long minimum, long maximum)
    {
        var expected = $"a whole number from {minimum} to {maximum}";
        if (Find<NumberNode>(key, expected) is not { } number)
            return fallback;
        if (
            long.TryParse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= minimum
            && value <= maximum
        )
            return value;
        Error(key, $"is {QuotedText.Plain(number.Value)}", expected);
        return fallback;
    }

    public long RequiredInteger(string key, long minimum, long maximum) =>
        Require(key, $"a whole number from {minimum} to {maximum}") ? Integer(key, minimum, minimum, maximum) : minimum;

    /// <summary>A number above 0 and not above the maximum.</summary>
    public double Fraction(string key, double fallback, double maximum)
    {
        var expected = $"a number above 0, at most {maximum}";
        if (Find<NumberNode>(key, expected) is not { } number)
            return fallback;
        if (
            double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value > 0
            && value <= maximum
        )
            return value;
        Error(key, $"is {QuotedText.Plain(number.Value)}", expected);
        return fallback;
    }

    public TimeSpan? Duration(string key, TimeSpan maximum)
    {
        if (Find<TextNode>(key, DurationText.Expected) is not { } text)
            return null;
        if (!DurationText.TryParse(text.Value, out var duration))
            Error(key, $"is {QuotedText.Of(text.Value)}", DurationText.Expected);
        else if (duration <= TimeSpan.Zero || duration > maximum)
            Error(key, $"is {QuotedText.Of(text.Value)}", $"more than 0s, at most {DurationText.Format(maximum)}");
        else
            return duration;
        return null;
    }

    public TimeSpan RequiredDuration(string key, TimeSpan maximum) =>
        Require(key, DurationText.Expected)
            ? Duration(key, maximum) ?? TimeSpan.FromSeconds(1)
            : TimeSpan.FromSeconds(1);

    /// <summary>One of the named values.</summary>
    public T? Choice<T>(string key, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        var expected = "one of " + string.Join(", ", choices.Keys.Order(StringComparer.Ordinal));
        if (Find<TextNode>(key, expected) is not { } text)
            return null;
        if (choices.TryGetValue(text.Value, out var choice))
            return choice;
        Error(key, $"is {QuotedText.Of(text.Value)}", expected + Meant(text.Value, choices.Keys));
        return null;
    }

    public Uri? Url(string key, bool httpsOnly = false)
    {
        var expected =
            $"a URL like \"https://example.com\"{(httpsOnly ? "" : " (or http://)")} without user, query and fragment";
        if (Find<TextNode>(key, expected) is not { } text)
            return null;
        if (
            Uri.TryCreate(text.Value, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (!httpsOnly && url.Scheme == Uri.UriSchemeHttp))
            && url is { UserInfo: "", Query: "", Fragment: "" }
            && !text.Value.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        )
            return url;
        Error(key, "is not such a URL", expected); // it may carry a password: not repeated
        return null;
    }

    public DateTimeOffset? Instant(string key)
    {
        const string expected = "an instant like \"2026-12-24T00:00:00Z\"";
        if (Find<TextNode>(key, expected) is not { } text)
            return null;
        if (
            DateTimeOffset.TryParseExact(
                text.Value,
                ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var instant
            )
        )
            return instant.ToUniversalTime();
        Error(key, $"is {QuotedText.Of(text.Value)}", expected);
        return null;
    }

    public TimeOnly? TimeOfDay(string key)
    {
        const string expected = "a time of day like \"16:00\" (UTC)";
        if (Find<TextNode>(key, expected) is not { } text)
            return null;
        if (
            TimeOnly.TryParseExact(text.Value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
            return time;
        Error(key, $"is {QuotedText.Of(text.Value)}", expected);
        return null;
    }

    /// <summary>A list of texts, each once.</summary>
    public ImmutableArray<string> Texts(string key, TextRule rule, bool repeats = false)
    {
        if (Find<ListNode>(key, $"a list, each {rule.Expected}") is not { } list)
            return [];
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var item in list.Items)
            if (item is not TextNode text)
                errors.Add(item.Path, $"is {item.Kind}", rule.Expected);
            else if (!repeats && texts.Contains(text.Value))
                errors.Add(item.Path, $"{QuotedText.Of(text.Value)} stands here twice", "each once");
            else if (Checked(text, rule) is { } value)
                texts.Add(value);
        return texts.ToImmutable();
    }

    /// <summary>A program and its arguments, as a list.</summary>
    public ImmutableArray<string> Argv(string key)
    {
        var argv = Texts(
            key,
            new("an argument without control characters", text => !text.Any(char.IsControl)),
            repeats: true
        );
        if (!argv.IsEmpty && argv[0].Length == 0)
            Error($"{key}[0]", "is empty", "the program to run");
        return argv;
    }

    public ImmutableSortedDictionary<string, string> TextMap(string key, TextRule keys, TextRule values)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Find<ObjectNode>(key, "an object of texts") is { } entries)
            foreach (var (name, value) in entries.Members)
                if (!keys.Holds(name))
                    errors.Add(value.Path, "is not such a key", keys.Expected);
                else if (value is not TextNode text)
                    errors.Add(value.Path, $"is {value.Kind}", values.Expected);
                else if (Checked(text, values) is { } accepted)
                    map.Add(name, accepted);
        return map.ToImmutable();
    }

    public T? Section<T>(string key, Func<ConfigurationSection, T> read)
        where T : class => Find<ObjectNode>(key, "an object") is { } child ? Read(child, errors, read) : null;

    public ImmutableArray<T> Sections<T>(string key, Func<ConfigurationSection, T> read)
    {
        if (Find<ListNode>(key, "a list of objects") is not { } list)
            return [];
        var sections = ImmutableArray.CreateBuilder<T>();
        foreach (var item in list.Items)
            if (item is ObjectNode child)
                sections.Add(Read(child, errors, read));
            else
                errors.Add(item.Path, $"is {item.Kind}", "an object");
        return sections.ToImmutable();
    }

    /// <summary>An object whose keys are free and whose values are lists of arguments.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Commands(string key, TextRule names)
    {
        var commands = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        if (Find<ObjectNode>(key, "an object of commands") is not { } entries)
            return commands.ToImmutable();
        var section = new ConfigurationSection(entries, errors);
        foreach (var name in entries.Members.Keys)
            if (names.Holds(name))
                commands.Add(name, section.Argv(name));
            else
                section.Error(name, "is not such a key", names.Expected);
        return commands.ToImmutable();
    }

    public bool Require(string key, string expected)
    {
        if (Has(key))
            return true;
        Know(key);
        Error(key, "is missing", expected);
        return false;
    }

    private void Know(string key) => _known.Add(key);

    private T? Find<T>(string key, string expected)
        where T : ConfigurationNode
    {
        Know(key);
        if (!node.Members.TryGetValue(key, out var value) || value is NullNode)
            return null;
        if (value is T found)
            return found;
        Error(key, $"is {value.Kind}", expected);
        return null;
    }

    private string? Checked(TextNode text, TextRule rule)
    {
        if (rule.Holds(text.Value))
            return text.Value;
        errors.Add(text.Path, rule.IsQuiet ? "is not one" : $"is {QuotedText.Of(text.Value)}", rule.Expected);
        return null;
    }

    private void RefuseUnknownKeys()
    {
        foreach (var key in node.Members.Keys.Where(key => !_known.Contains(key)))
            Error(key, "is an unknown key", "one of " + string.Join(", ", _known) + Meant(key, _known));
    }

    private static string Meant(string typed, IEnumerable<string> names) =>
        NearestName.Of(typed, names) is { } name ? $" (did you mean {name}?)" : "";
}
