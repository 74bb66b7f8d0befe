using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>An age X25519 recipient, <c>age1…</c>: who may decrypt. Public.</summary>
public sealed record AgeRecipient
{
    private const string Prefix = "age";

    private AgeRecipient(string text, ImmutableArray<byte> key)
    {
        Text = text;
        Key = key;
    }

    public string Text { get; }

    internal ImmutableArray<byte> Key { get; }

    /// <returns>Null for anything but an X25519 recipient (SSH keys and plugins are the <c>age</c> program's business).</returns>
    public static AgeRecipient? TryParse(string text) =>
        text.StartsWith("age1", StringComparison.Ordinal) && Bech32.Decode(text, Prefix) is { Length: X25519.Size } key
            ? new AgeRecipient(text, [.. key])
            : null;

    public bool Equals(AgeRecipient? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    internal static AgeRecipient Of(ReadOnlySpan<byte> key) => new(Bech32.Encode(Prefix, key), [.. key]);
}
