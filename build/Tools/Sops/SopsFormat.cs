using System.Text.RegularExpressions;

namespace Slipway.Tools;

/// <summary>The five forms of a SOPS file.</summary>
public enum SopsFormat
{
    /// <summary>JSON with one key <c>data</c>, whose value is the whole plaintext.</summary>
    Binary,
    Json,
    Dotenv,
    Ini,
    Yaml,
}

/// <summary>
/// <c>secrets.enc</c> has no extension that <c>sops</c> knows, and any format may stand in it: the content decides.
/// </summary>
internal static partial class SopsSniffer
{
    public static SopsFormat Sniff(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.StartsWith("{"))
        {
            return SopsFormat.Json; // whether it is binary shows in its keys
        }

        return DotenvMark().IsMatch(text) ? SopsFormat.Dotenv
            : IniMark().IsMatch(text) ? SopsFormat.Ini
            : SopsFormat.Yaml;
    }

    /// <summary>Whether a YAML text has the part that makes it a SOPS file: a key <c>sops</c> at the start of a line.</summary>
    public static bool HasYamlMark(string text) => YamlMark().IsMatch(text);

    [GeneratedRegex("^[\"']?sops[\"']?[ \t]*:", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex YamlMark();

    [GeneratedRegex("^sops_(?:version|mac|lastmodified)=", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex DotenvMark();

    [GeneratedRegex(@"^\[sops\]\s*$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex IniMark();
}
