using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Slipway.Tools;

/// <summary>Which leaves of a file are encrypted: by any key on their path, the leaf's own or an ancestor's.</summary>
internal sealed class SopsRule
{
    private const string DefaultSuffix = "_unencrypted";

    private readonly Func<string, bool> _matches;
    private readonly bool _encryptsMatching;

    private SopsRule(string name, string pattern, Func<string, bool> matches, bool encryptsMatching)
    {
        Name = name;
        Pattern = pattern;
        _matches = matches;
        _encryptsMatching = encryptsMatching;
    }

    /// <summary>What SOPS does when a file names no rule, and what is written here.</summary>
    public static SopsRule Default { get; } = Suffix("unencrypted_suffix", DefaultSuffix, encryptsMatching: false);

    /// <summary>The metadata field that says it.</summary>
    public string Name { get; }

    public string Pattern { get; }

    /// <exception cref="SopsException">More than one rule, a rule about comments, a pattern that is none.</exception>
    public static SopsRule Parse(SopsFields fields)
    {
        ImmutableArray<string> names =
        [
            "unencrypted_suffix",
            "encrypted_suffix",
            "unencrypted_regex",
            "encrypted_regex",
            "unencrypted_comment_regex",
            "encrypted_comment_regex",
        ];
        var given = names.Where(name => fields.Text(name).Length > 0).ToImmutableArray();
        if (given.Length > 1)
        {
            throw new SopsException(
                SopsRefusal.BadMetadata,
                $"the sops metadata have more than one rule: {string.Join(", ", given)}",
                "one rule at most"
            );
        }

        return given.Length == 0 ? Default : Of(given[0], fields.Text(given[0]));
    }

    public bool Encrypts(IEnumerable<string> path) => path.Any(_matches) == _encryptsMatching;

    private static SopsRule Of(string name, string pattern) =>
        name switch
        {
            "unencrypted_suffix" => Suffix(name, pattern, encryptsMatching: false),
            "encrypted_suffix" => Suffix(name, pattern, encryptsMatching: true),
            "unencrypted_regex" => Expression(name, pattern, encryptsMatching: false),
            "encrypted_regex" => Expression(name, pattern, encryptsMatching: true),
            _ => throw new SopsException(
                SopsRefusal.Unsupported,
                $"the file chooses its encrypted values by comments ({name})",
                "a rule about keys: encrypted_regex, unencrypted_suffix …"
            ),
        };

    private static SopsRule Suffix(string name, string suffix, bool encryptsMatching) =>
        new(name, suffix, key => key.EndsWith(suffix, StringComparison.Ordinal), encryptsMatching);

    /// <summary>SOPS uses RE2; .NET's non-backtracking engine has the same bounds: linear time, no look-around.</summary>
    private static SopsRule Expression(string name, string pattern, bool encryptsMatching)
    {
        try
        {
            var expression = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new SopsRule(name, pattern, expression.IsMatch, encryptsMatching);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw SopsMetadata.Bad(name, "a regular expression as in RE2");
        }
    }
}
