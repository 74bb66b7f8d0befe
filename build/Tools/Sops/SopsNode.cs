using System.Collections.Immutable;
using System.Text;

namespace Slipway.Tools;

/// <summary>What a leaf is.</summary>
public enum SopsKind
{
    Null,
    Text,
    Integer,
    Float,
    Boolean,
    Time,
}

/// <summary>A part of the tree that a SOPS file is: a map, a list or a leaf. Order is part of the value.</summary>
public abstract record SopsNode;

/// <summary>An entry of a map. Keys may repeat where the format allows it.</summary>
public sealed record SopsEntry(string Key, SopsNode Value);

public sealed record SopsMap(ImmutableArray<SopsEntry> Entries) : SopsNode
{
    public static SopsMap Empty { get; } = new(ImmutableArray<SopsEntry>.Empty);

    public SopsNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

public sealed record SopsList(ImmutableArray<SopsNode> Items) : SopsNode;

/// <summary>
/// A leaf as the bytes that SOPS encrypts and authenticates: UTF-8 text, decimal integer, shortest decimal float without
/// exponent, <c>True</c> or <c>False</c>, RFC 3339 time, nothing for null. Prints nothing of it: it may be a secret.
/// </summary>
public sealed record SopsLeaf(SopsKind Kind, ReadOnlyMemory<byte> Bytes) : SopsNode
{
    public static SopsLeaf Null { get; } = new(SopsKind.Null, default);

    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>The bytes as text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Reveal() => Encoding.UTF8.GetString(Bytes.Span);

    public static SopsLeaf Text(string text) => Of(SopsKind.Text, text);

    public override string ToString() => $"{Kind} ***";

    internal static SopsLeaf Of(SopsKind kind, string canonical) => new(kind, Encoding.UTF8.GetBytes(canonical));
}
