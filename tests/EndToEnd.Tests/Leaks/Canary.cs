using System.Security.Cryptography;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <summary>A planted secret.</summary>
/// <param name="Name">The way in that it was planted in.</param>
internal sealed record Canary(string Name, string Value)
{
    /// <summary>A value that no other text holds by chance, with every character that some escaping changes.</summary>
    public static Canary New(string name) => new(name, $"{Word()} /+&=?%\"'<ü>\\{Word()}");

    /// <summary>One that is fit for a header, a URL and a token.</summary>
    public static Canary Token(string name) => new(name, $"tk_{Word()}{Word()}");

    /// <summary>One of several lines, as a key file is.</summary>
    public static Canary Lines(string name) =>
        new(name, $"-----BEGIN {name} KEY-----\n{Word()}{Word()}\n{Word()}{Word()}\n-----END {name} KEY-----\n");

    private static string Word() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
