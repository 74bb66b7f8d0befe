using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Migrations;

/// <summary>The changes of a column's type that PostgreSQL makes in its catalogue alone, without reading a row.</summary>
internal static class WideningType
{
    private static readonly Regex Shape = new(
        @"^(?<name>[a-z ]+?)\s*(\(\s*(?<a>[0-9]{1,9})\s*(,\s*(?<b>[0-9]{1,9})\s*)?\))?(?<zone> with(out)? time zone)?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );

    /// <param name="from">As the server prints it; null when unknown: nothing is known to be free then.</param>
    public static bool IsFree(string? from, string to)
    {
        if (from is null || Shape.Match(Canonical(from)) is not { Success: true } old)
            return false;
        if (Shape.Match(Canonical(to)) is not { Success: true } wanted)
            return false;
        var (oldName, newName) = (Name(old), Name(wanted));
        var (oldSize, newSize) = (Number(old, "a"), Number(wanted, "a"));
        return (oldName, newName) switch
        {
            ("varchar", "text") => true,
            ("text", "varchar") => newSize is null,
            ("varchar", "varchar") => newSize is null || (oldSize is not null && newSize >= oldSize),
            ("varbit", "varbit") => newSize is null || (oldSize is not null && newSize >= oldSize),
            ("numeric", "numeric") => newSize is null
                || (oldSize is not null && newSize >= oldSize && (Number(old, "b") ?? 0) == (Number(wanted, "b") ?? 0)),
            ("timestamp" or "timestamptz" or "time" or "timetz" or "interval", _) when oldName == newName => newSize
                is null
                || (oldSize is not null && newSize >= oldSize),
            _ => oldName == newName && oldSize == newSize && oldSize is null,
        };
    }

    private static string Name(Match shape)
    {
        var zoned = shape.Groups["zone"].Value == " with time zone";
        return (shape.Groups["name"].Value, zoned) switch
        {
            ("timestamp", true) => "timestamptz",
            ("time", true) => "timetz",
            (var name, _) => name,
        };
    }

    private static string Canonical(string type)
    {
        var text = string.Join(' ', type.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        text = text.Replace("( ", "(").Replace(" )", ")").Replace(" ,", ",").Replace(", ", ",").Replace(" (", "(");
        return text.Replace("character varying", "varchar")
            .Replace("bit varying", "varbit")
            .Replace("decimal", "numeric");
    }

    private static int? Number(Match shape, string group) =>
        shape.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : null;
}
