using System.Globalization;
using System.Text.Json;

namespace Slipway.Tools;

/// <summary>JSON ↔ tree. Keys may repeat, and keep their order.</summary>
internal static class JsonStore
{
    public static SopsMap Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Node(document.RootElement) as SopsMap
                ?? throw new SopsException(SopsRefusal.Parse, "the JSON is not an object");
        }
        catch (JsonException exception)
        {
            // Its own message may quote the text.
            throw new SopsException(SopsRefusal.Parse, $"not well-formed JSON at line {exception.LineNumber + 1}");
        }
        catch (InvalidOperationException)
        {
            throw new SopsException(SopsRefusal.Parse, "a JSON string holds half a surrogate pair");
        }
    }

    private static SopsNode Node(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => new SopsMap([
                .. element.EnumerateObject().Select(property => new SopsEntry(property.Name, Node(property.Value))),
            ]),
            JsonValueKind.Array => new SopsList([.. element.EnumerateArray().Select(Node)]),
            JsonValueKind.String => SopsLeaf.Text(element.GetString()!),
            JsonValueKind.Number => Number(element.GetRawText()),
            JsonValueKind.True => SopsScalars.Boolean(true),
            JsonValueKind.False => SopsScalars.Boolean(false),
            _ => SopsLeaf.Null,
        };

    /// <summary>An integer when the text reads as one of 64 bits, else a float.</summary>
    private static SopsLeaf Number(string text) =>
        SopsScalars.ParseInteger(text) is { } integer ? SopsScalars.Integer(integer)
        : SopsScalars.ParseFloat(text) is { } number ? SopsScalars.Float(number)
        : throw new SopsException(SopsRefusal.Parse, "a JSON number is out of range");

    /// <summary>The tree as JSON, indented by tabs as SOPS does, with a line feed at the end.</summary>
    public static string Write(SopsMap root)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Indented = true,
            IndentCharacter = '\t',
            IndentSize = 1,
            NewLine = "\n",
            // Base64's plus sign stays readable; the file is never put into a page.
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            Write(writer, root);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, SopsNode node)
    {
        switch (node)
        {
            case SopsMap map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case SopsList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case SopsLeaf leaf:
                Write(writer, leaf);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, SopsLeaf leaf)
    {
        var text = leaf.Reveal();
        switch (leaf.Kind)
        {
            case SopsKind.Null:
                writer.WriteNullValue();
                break;
            case SopsKind.Boolean:
                writer.WriteBooleanValue(text == "True");
                break;
            case SopsKind.Integer:
                writer.WriteNumberValue(long.Parse(text, CultureInfo.InvariantCulture));
                break;
            case SopsKind.Float when SopsScalars.ParseFloat(text) is { } number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }
}
