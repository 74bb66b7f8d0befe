using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Slipway.Outcomes;

namespace Slipway.Migrations;

/// <summary>A migration as it stands in its file: the part that is applied, and whether that happens in a transaction.</summary>
/// <param name="File">Name of the file, e.g. <c>20260102030405_add_email.sql</c>, or its path below the folder.</param>
/// <param name="Version">The digits it starts with, which the tool records; the whole name where there are none.</param>
/// <param name="Up">SQL that is applied.</param>
/// <param name="FirstLine">Line of the file where <see cref="Up"/> starts, 1-based.</param>
/// <param name="Sha256">Of the whole file with line ends as <c>\n</c>: a checkout on another system is no edit.</param>
public sealed record MigrationFile(
    string File,
    string Version,
    string Up,
    int FirstLine,
    bool InTransaction,
    string Sha256
)
{
    /// <summary>dbmate's form: <c>-- migrate:up [transaction:false]</c> … <c>-- migrate:down</c>.</summary>
    /// <exception cref="PipelineException">There is no such block.</exception>
    public static MigrationFile ParseDbmate(string file, string text)
    {
        var lines = Lines(text);
        var up = Array.FindIndex(lines, line => IsMarker(line, "up"));
        if (up < 0)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{file}: it has no block that is applied",
                expected: "a line '-- migrate:up' before the SQL",
                next: "dbmate new NAME makes such a file"
            );
        }
        if (Array.FindIndex(lines, up + 1, line => IsMarker(line, "up")) is >= 0 and var second)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{file}: line {second + 1} starts a second '-- migrate:up'",
                expected: "one such block: dbmate applies one, which one depends on its version"
            );
        }
        var down = Array.FindIndex(lines, up + 1, line => IsMarker(line, "down"));
        var body = lines[(up + 1)..(down < 0 ? lines.Length : down)];
        var transaction = !lines[up]
            .Split(' ', '\t')
            .Any(option => option.Equals("transaction:false", StringComparison.OrdinalIgnoreCase));
        return new MigrationFile(file, VersionOf(file), string.Join('\n', body), up + 2, transaction, Hash(lines));
    }

    /// <summary>The whole file is applied, in one transaction or as the tool does it.</summary>
    public static MigrationFile ParsePlain(string file, string text, bool inTransaction)
    {
        var lines = Lines(text);
        return new MigrationFile(file, VersionOf(file), string.Join('\n', lines), 1, inTransaction, Hash(lines));
    }

    public static string VersionOf(string file)
    {
        var name = file[(file.LastIndexOf('/') + 1)..];
        var digits = string.Concat(name.TakeWhile(char.IsAsciiDigit));
        return digits.Length > 0 ? digits : name;
    }

    private static string[] Lines(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');

    private static bool IsMarker(string line, string which)
    {
        var text = line.Trim();
        if (!text.StartsWith("--", StringComparison.Ordinal))
            return false;
        text = text[2..].TrimStart();
        var marker = $"migrate:{which}";
        return text.StartsWith(marker, StringComparison.OrdinalIgnoreCase)
            && (text.Length == marker.Length || char.IsWhiteSpace(text[marker.Length]));
    }

    private static string Hash(string[] lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
