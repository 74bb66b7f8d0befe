using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Secrets;

/// <summary>A value that must never be seen. It prints, formats and serialises as <c>***</c>.</summary>
[JsonConverter(typeof(SecretJsonConverter))]
public sealed class Secret(string value) : IEquatable<Secret>
{
    public const string Mask = "***";

    private readonly string _value = value;

    /// <summary>The value itself: only where it is handed to a child by environment or standard input, or to a driver.</summary>
    public string Reveal() => _value;

    public bool IsEmpty => _value.Length == 0;

    public override string ToString() => Mask;

    public bool Equals(Secret? other) =>
        other is not null && string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => 0; // a hash of a secret would say something about it
}

/// <summary>Writes <c>***</c>; refuses to read, because a secret has no business in a file that the pipeline reads as JSON.</summary>
public sealed class SecretJsonConverter : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("a secret is not read from a plain file");

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Secret.Mask);
}
