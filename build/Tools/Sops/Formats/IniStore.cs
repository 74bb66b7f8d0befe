using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>INI as the library behind SOPS (go-ini) reads it, with the section <c>DEFAULT</c> before the first header.</summary>
internal static class IniStore
{
    private const string DefaultSection = "DEFAULT";

    public static SopsDocument Parse(string text)
    {
        var sections = Sections(text);
        var metadata = sections.Where(section => section.Name == SopsMetadata.Key).SelectMany(section => section.Lines);
        if (!sections.Any(section => section.Name == SopsMetadata.Key))
        {
            throw SopsMetadata.NotThere();
        }

        var branch = sections
            .Where(section => section.Name != SopsMetadata.Key)
            .Select(section => new SopsEntry(
                section.Name,
                new SopsMap([.. section.Lines.Select(line => new SopsEntry(line.Key, SopsLeaf.Text(line.Value)))])
            ));
        var flat = metadata.Select(line =>
            KeyValuePair.Create(line.Key, line.Value.Replace(@"\n", "\n", StringComparison.Ordinal))
        );
        return new SopsDocument(
            SopsFormat.Ini,
            [new SopsMap([.. branch])],
            SopsMetadata.Parse(FlatMetadata.Unflatten(flat))
        );
    }

    private static ImmutableArray<IniSection> Sections(string text)
    {
        var sections = ImmutableArray.CreateBuilder<IniSection>();
        sections.Add(new IniSection(DefaultSection));
        var lines = new IniLines(text);
        while (lines.Next() is { } line)
        {
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (line[0] == '[')
            {
                var end = line.LastIndexOf(']');
                var name = end < 0 ? "" : line[1..end].Trim();
                if (name.Length == 0)
                {
                    throw lines.Refuse("is no section header");
                }

                sections.Add(new IniSection(name));
                continue;
            }

            sections[^1].Add(lines.Key(line, out var rest), lines.Value(rest), lines);
        }

        return sections.ToImmutable();
    }

    private sealed class IniSection(string name)
    {
        public string Name { get; } = name;

        public List<KeyValuePair<string, string>> Lines { get; } = [];

        public void Add(string key, string value, IniLines lines)
        {
            if (Lines.Exists(line => line.Key == key))
            {
                throw lines.Refuse("repeats a key of its section");
            }

            Lines.Add(KeyValuePair.Create(key, value));
        }
    }
}
