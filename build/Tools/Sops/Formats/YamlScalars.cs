using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Tools;

/// <summary>
/// A YAML scalar → a typed leaf, as go-yaml v3 does it: YAML 1.2's core, with times, binary and old octal numbers and
/// underscores of YAML 1.1; <c>yes</c> and <c>no</c> are text.
/// </summary>
internal static partial class YamlScalars
{
    private const string Core = "tag:yaml.org,2002:";

    /// <returns>Null for a tag or a number that SOPS has no type for.</returns>
    public static SopsLeaf? Resolve(Scalar scalar)
    {
        var tag = Tag(scalar);
        return tag switch
        {
            "str" => SopsLeaf.Text(scalar.Value),
            "" => Plain(scalar.Value, times: true),
            "timestamp" => SopsScalars.Time(scalar.Value, lenient: true),
            "int" => Plain(scalar.Value, times: false) is { Kind: SopsKind.Integer } leaf ? leaf : null,
            "float" => Plain(scalar.Value, times: false) switch
            {
                { Kind: SopsKind.Float } leaf => leaf,
                { Kind: SopsKind.Integer } leaf => SopsScalars.Float(double.Parse(leaf.Reveal())),
                _ => null,
            },
            "bool" => Plain(scalar.Value, times: false) is { Kind: SopsKind.Boolean } leaf ? leaf : null,
            "null" => Plain(scalar.Value, times: false) is { Kind: SopsKind.Null } leaf ? leaf : null,
            _ => null,
        };
    }

    /// <summary>Whether a key is text; the merge key counts, since SOPS writes it as one.</summary>
    public static bool IsTextKey(Scalar key) =>
        Tag(key) is "merge" || key.Value == "<<" || Resolve(key) is { Kind: SopsKind.Text };

    /// <returns>The core schema's short name, empty for a plain scalar without a tag, the whole tag otherwise.</returns>
    private static string Tag(Scalar scalar)
    {
        if (scalar.Tag.IsEmpty)
        {
            return scalar.Style == ScalarStyle.Plain ? "" : "str";
        }

        // The lone "!" says: no guessing, this is text.
        var tag = scalar.Tag.IsNonSpecific ? Core + "str" : scalar.Tag.Value;
        return tag.StartsWith(Core, StringComparison.Ordinal) ? tag[Core.Length..] : tag;
    }

    private static SopsLeaf? Plain(string text, bool times)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return SopsLeaf.Null;
            case "true" or "True" or "TRUE":
                return SopsScalars.Boolean(true);
            case "false" or "False" or "FALSE":
                return SopsScalars.Boolean(false);
            case ".nan" or ".NaN" or ".NAN":
                return SopsScalars.Float(double.NaN);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return SopsScalars.Float(double.PositiveInfinity);
            case "-.inf" or "-.Inf" or "-.INF":
                return SopsScalars.Float(double.NegativeInfinity);
        }

        return text[0] is '+' or '-' or '.' || char.IsAsciiDigit(text[0]) ? Number(text, times) : SopsLeaf.Text(text);
    }

    private static SopsLeaf? Number(string text, bool times)
    {
        if (times && SopsScalars.Time(text, lenient: true) is { } time)
        {
            return time;
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (text[0] != '.' && Integer(plain) is { } integer)
        {
            return integer < long.MinValue || integer > long.MaxValue ? null : SopsScalars.Integer((long)integer);
        }

        return Decimal().IsMatch(plain) && SopsScalars.ParseFloat(plain) is { } number
            ? SopsScalars.Float(number)
            : SopsLeaf.Text(text);
    }

    /// <summary>Go's integers of base 0: decimal, <c>0x</c>, <c>0b</c>, <c>0o</c> and a leading zero for octal.</summary>
    /// <returns>Null when it is none, or neither a signed nor an unsigned one of 64 bits.</returns>
    private static Int128? Integer(string text)
    {
        var digits = text.AsSpan().TrimStart("+-");
        if (text.Length - digits.Length > 1)
        {
            return null;
        }

        var (radix, start) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        digits = digits[start..];
        Int128 value = 0;
        foreach (var digit in digits)
        {
            var figure = char.IsAsciiHexDigit(digit) ? int.Parse([digit], NumberStyles.HexNumber) : radix;
            value = (value * radix) + figure;
            if (figure >= radix || value > ulong.MaxValue)
            {
                return null;
            }
        }

        var negative = text[0] == '-';
        return digits.IsEmpty || (negative && -value < long.MinValue) || (text[0] == '+' && value > long.MaxValue)
                ? null
            : negative ? -value
            : value;
    }

    [GeneratedRegex(
        @"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Decimal();
}
