using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>An identity that only the <c>age</c> program can use: an SSH key's file, or the text of a plugin's identity.</summary>
internal sealed record ForeignIdentity(string Source, Secret? Text);

/// <summary>The identities at hand, and where they were looked for.</summary>
public sealed class AgeKeys
{
    public const string TextVariable = "SOPS_AGE_KEY";
    public const string FileVariable = "SOPS_AGE_KEY_FILE";
    public const string SshFileVariable = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";

    private AgeKeys(
        ImmutableArray<AgeIdentity> identities,
        ImmutableArray<ForeignIdentity> foreign,
        ImmutableArray<string> sources
    )
    {
        Identities = identities;
        Foreign = foreign;
        Sources = sources;
    }

    public static AgeKeys None { get; } = new([], [], []);

    public ImmutableArray<AgeIdentity> Identities { get; }

    /// <summary>Names of the variables and files that were read, for a message.</summary>
    public ImmutableArray<string> Sources { get; }

    internal ImmutableArray<ForeignIdentity> Foreign { get; }

    /// <summary>The text of an identity file: one identity per line, <c>#</c> comments and blanks.</summary>
    /// <param name="source">Where it is from, for messages.</param>
    public static AgeKeys Parse(string source, string text)
    {
        var identities = ImmutableArray.CreateBuilder<AgeIdentity>();
        var foreign = ImmutableArray.CreateBuilder<ForeignIdentity>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (AgeIdentity.TryParse(line) is { } identity)
            {
                identities.Add(identity);
            }
            else if (IsForeign(line))
            {
                foreign.Add(new ForeignIdentity(source, new Secret(line)));
            }
            else
            {
                throw new PipelineException(
                    ExitCode.Usage,
                    $"{source}: line {number} is no age identity",
                    "AGE-SECRET-KEY-1…, a comment or a blank line; a file protected by a passphrase cannot be used"
                );
            }
        }

        return new AgeKeys(identities.ToImmutable(), foreign.ToImmutable(), [source]);
    }

    /// <summary>
    /// All identities where SOPS looks for them: <c>SOPS_AGE_KEY</c>, <c>SOPS_AGE_KEY_FILE</c>,
    /// <c>SOPS_AGE_SSH_PRIVATE_KEY_FILE</c>, <c>sops/age/keys.txt</c> in the user's configuration; then in these files.
    /// </summary>
    /// <param name="variable">Value of an environment variable, null when it is not set.</param>
    /// <param name="files">Further identity files; one that is not there is left out.</param>
    public static async Task<AgeKeys> LoadAsync(
        Func<string, string?> variable,
        IEnumerable<string> files,
        CancellationToken cancellation = default
    )
    {
        var keys = None;
        if (variable(TextVariable) is { Length: > 0 } text)
        {
            keys = keys.With(Parse(TextVariable, text));
        }

        if (variable(FileVariable) is { Length: > 0 } named)
        {
            if (!File.Exists(named))
            {
                throw new PipelineException(
                    ExitCode.Usage,
                    $"{FileVariable} names a file that is not there: {named}",
                    "an age identity file",
                    $"unset {FileVariable}, or point it at the file"
                );
            }

            keys = keys.With(Parse(named, await File.ReadAllTextAsync(named, cancellation)));
        }

        if (variable(SshFileVariable) is { Length: > 0 } ssh)
        {
            keys = keys.With(new AgeKeys([], [new ForeignIdentity(ssh, null)], [ssh]));
        }

        foreach (var file in UserFiles(variable).Concat(files).Where(File.Exists))
        {
            keys = keys.With(Parse(file, await File.ReadAllTextAsync(file, cancellation)));
        }

        return keys;
    }

    public AgeKeys With(AgeKeys more) =>
        new(
            Identities.AddRange(more.Identities),
            Foreign.AddRange(more.Foreign),
            Sources.AddRange(more.Sources.Except(Sources))
        );

    private static bool IsForeign(string line) =>
        line.StartsWith("AGE-PLUGIN-", StringComparison.Ordinal)
        || line.StartsWith("AGE-SECRET-KEY-PQ-", StringComparison.Ordinal);

    private static IEnumerable<string> UserFiles(Func<string, string?> variable)
    {
        var file = Path.Combine("sops", "age", "keys.txt");
        if (variable("XDG_CONFIG_HOME") is { Length: > 0 } configuration)
        {
            yield return Path.Combine(configuration, file);
        }
        else if (OperatingSystem.IsWindows() && variable("AppData") is { Length: > 0 } roaming)
        {
            yield return Path.Combine(roaming, file);
        }
        else if (variable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".config", file);
            yield return Path.Combine(home, "Library", "Application Support", file);
        }
    }
}
