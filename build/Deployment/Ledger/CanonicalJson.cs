using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Slipway.Ledger;

/// <summary>
/// One text for one JSON value, after RFC 8785: keys sorted by UTF-16 units, no white space, shortest numbers, fewest
/// escapes. What is hashed must not depend on who wrote it.
/// </summary>
public static class CanonicalJson
{
    /// <exception cref="JsonException">Not JSON, or an object with a key twice.</exception>
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        return Of(document.RootElement);
    }

    public static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(text, value);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    text.Append(index == 0 ? "" : ",");
                    Append(text, item);
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                AppendString(text, Text(value));
                break;
            case JsonValueKind.Number:
                text.Append(Number(value));
                break;
            default:
                text.Append(value.GetRawText()); // true, false, null
                break;
        }
    }

    private static void AppendObject(StringBuilder text, JsonElement value)
    {
        text.Append('{');
        foreach (
            var (index, member) in value
                .EnumerateObject()
                .OrderBy(member => member.Name, StringComparer.Ordinal)
                .Index()
        )
        {
            text.Append(index == 0 ? "" : ",");
            AppendString(text, member.Name);
            text.Append(':');
            Append(text, member.Value);
        }
        text.Append('}');
    }

    private static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception) // an escape that is half a character
        {
            throw new JsonException("a text is not whole Unicode", exception);
        }
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
            text.Append(
                character switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\b' => "\\b",
                    '\t' => "\\t",
                    '\n' => "\\n",
                    '\f' => "\\f",
                    '\r' => "\\r",
                    < ' ' => $"\\u{(int)character:x4}",
                    _ => character.ToString(),
                }
            );
        text.Append('"');
    }

    private static string Number(JsonElement value)
    {
        if (value.TryGetInt64(out var whole))
            return whole.ToString(CultureInfo.InvariantCulture);
        var number = value.GetDouble();
        return double.IsFinite(number) ? Shortest(number) : throw new JsonException("a number is too large");
    }

    /// <summary>ECMAScript's way to write a number.</summary>
    internal static string Shortest(double number)
    {
        if (number == 0)
            return "0";
        var scientific = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        var roundTrip = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var digits = string.Concat(roundTrip.TakeWhile(c => c != 'E').Where(char.IsAsciiDigit))
            .TrimStart('0')
            .TrimEnd('0');
        var exponent = int.Parse(
            scientific[(scientific.IndexOf('E', StringComparison.Ordinal) + 1)..],
            CultureInfo.InvariantCulture
        );
        exponent = RoundedUp(digits, scientific) ? exponent + 1 : exponent;
        var sign = number < 0 ? "-" : "";
        return sign
            + exponent switch
            {
                < -6 or >= 21 => Scientific(digits, exponent),
                < 0 => "0." + new string('0', -exponent - 1) + digits,
                _ when digits.Length <= exponent + 1 => digits + new string('0', exponent + 1 - digits.Length),
                _ => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
            };
    }

    /// <summary>Whether the 17 digits of E16 begin with a 9 where the shortest ones have carried over to 1.</summary>
    private static bool RoundedUp(string digits, string scientific) => digits[0] == '1' && scientific[0] == '9';

    private static string Scientific(string digits, int exponent) =>
        digits[..1]
        + (digits.Length > 1 ? "." + digits[1..] : "")
        + (exponent < 0 ? "e-" : "e+")
        + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);
}
