using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>JSON with comments and trailing commas into nodes. Text that is not JSON is one error with line and column.</summary>
internal static class ConfigurationParser
{
    /// <summary>No configuration comes near; a larger file is a mistake and is not read.</summary>
    public const int MaximumBytes = 1024 * 1024;

    private const int MaximumDepth = 32;

    /// <returns>Null when an error was added instead.</returns>
    public static ConfigurationNode? Parse(ReadOnlyMemory<byte> content, ConfigurationErrors errors)
    {
        var bytes = content.Span;
        if (bytes.Length > MaximumBytes)
        {
            errors.Add(
                ConfigurationError.WholeFile,
                $"has {bytes.Length} bytes",
                $"a configuration of at most {MaximumBytes} bytes"
            );
            return null;
        }
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (!Utf8.IsValid(bytes))
        {
            errors.Add(Place(bytes, ValidPrefix(bytes)), "is not UTF-8 text", "JSON in UTF-8");
            return null;
        }
        return Read(bytes, errors);
    }

    private static ConfigurationNode? Read(ReadOnlySpan<byte> bytes, ConfigurationErrors errors)
    {
        var reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = MaximumDepth,
            }
        );
        try
        {
            reader.Read();
            var node = ReadNode(ref reader, "", errors);
            reader.Read(); // whatever follows the value is an error
            return node;
        }
        catch (JsonException exception)
        {
            var place = $"line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}";
            errors.Add(place, $"is not JSON: {WithoutPlace(exception.Message)}", "whole JSON (comments are allowed)");
        }
        catch (InvalidOperationException) // thrown for an escape such as \ud800 that is half a character
        {
            errors.Add(
                Place(bytes, (int)reader.TokenStartIndex),
                "has an escape that is no character",
                "whole Unicode characters"
            );
        }
        return null;
    }

    private static ConfigurationNode ReadNode(ref Utf8JsonReader reader, string path, ConfigurationErrors errors) =>
        reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, path, errors),
            JsonTokenType.StartArray => ReadList(ref reader, path, errors),
            JsonTokenType.String => new TextNode(path, reader.GetString()!),
            JsonTokenType.Number => new NumberNode(path, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.True or JsonTokenType.False => new FlagNode(path, reader.GetBoolean()),
            _ => new NullNode(path),
        };

    private static ObjectNode ReadObject(ref Utf8JsonReader reader, string path, ConfigurationErrors errors)
    {
        var members = ImmutableSortedDictionary.CreateBuilder<string, ConfigurationNode>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            var memberPath = Join(path, key);
            reader.Read();
            var member = ReadNode(ref reader, memberPath, errors);
            if (!members.TryAdd(key, member))
                errors.Add(memberPath, "stands here twice", "each key once");
        }
        return new ObjectNode(path, members.ToImmutable());
    }

    private static ListNode ReadList(ref Utf8JsonReader reader, string path, ConfigurationErrors errors)
    {
        var items = ImmutableArray.CreateBuilder<ConfigurationNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadNode(ref reader, $"{path}[{items.Count}]", errors));
        return new ListNode(path, items.ToImmutable());
    }

    internal static string Join(string path, string key)
    {
        var shown = QuotedText.Plain(key);
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }

    /// <summary>The first sentence of the parser's message: the rest repeats the place in its own words.</summary>
    private static string WithoutPlace(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return QuotedText.Plain((end < 0 ? message : message[..end]).TrimEnd('.'));
    }

    private static string Place(ReadOnlySpan<byte> bytes, int offset)
    {
        var before = bytes[..offset];
        return $"line {before.Count((byte)'\n') + 1}, column {offset - before.LastIndexOf((byte)'\n')}";
    }

    private static int ValidPrefix(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out var taken) == System.Buffers.OperationStatus.Done)
            offset += taken;
        return offset;
    }
}
