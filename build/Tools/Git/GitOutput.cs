using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Tools;

/// <summary>git's answers → types.</summary>
internal static class GitOutput
{
    private static readonly string[] StaleReasons =
    [
        "stale info",
        "fetch first",
        "non-fast-forward",
        "already exists",
        "reference already exists",
        "cannot lock ref",
        "failed to update ref",
        "incorrect old value provided",
        "atomic transaction failed",
    ];

    /// <summary>Answers to <see cref="GitCommands.TagFormat"/>. Tags of what is no commit are left out.</summary>
    public static ImmutableArray<GitTag> Tags(string output)
    {
        var tags = ImmutableArray.CreateBuilder<GitTag>();
        foreach (var line in Lines(output))
        {
            if (line.Split('\0') is not [var name, var type, var sha, var peeledType, var peeled, var date])
                continue;
            var commit = (type, peeledType) switch
            {
                ("commit", _) => sha,
                ("tag", "commit") => peeled,
                _ => null,
            };
            if (commit is not null)
                tags.Add(new GitTag(WithoutPrefix(name), commit, sha, type == "tag", UnixTime(date)));
        }
        return tags.ToImmutable();
    }

    public static ImmutableArray<GitTagObject> TagObjects(string output)
    {
        var objects = ImmutableArray.CreateBuilder<GitTagObject>();
        var fields = output.Split('\0');
        for (var i = 0; i + 4 < fields.Length; i += 5)
            if (fields[i + 1] == "tag")
                objects.Add(new GitTagObject(fields[i].TrimStart('\n'), fields[i + 2], fields[i + 3], fields[i + 4]));
        return objects.ToImmutable();
    }

    /// <summary>Answers of ls-remote: <c>sha TAB ref</c>, an annotated tag followed by its <c>ref^{}</c>.</summary>
    public static ImmutableArray<GitRef> RemoteRefs(string output)
    {
        var refs = new SortedDictionary<string, GitRef>(StringComparer.Ordinal);
        foreach (var line in Lines(output))
        {
            if (line.Split('\t', 2) is not [var sha, var name])
                continue;
            if (!name.EndsWith("^{}", StringComparison.Ordinal))
                refs[name] = new GitRef(name, sha, sha);
            else if (refs.TryGetValue(name[..^3], out var tag))
                refs[tag.Name] = tag with { Commit = sha };
        }
        return [.. refs.Values];
    }

    public static ImmutableArray<GitChange> Changes(string output) =>
        [
            .. output
                .Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(entry => entry.Length > 3)
                .Select(entry => new GitChange(entry[..2], entry[3..])),
        ];

    public static ImmutableArray<GitCommit> Commits(string output)
    {
        var commits = ImmutableArray.CreateBuilder<GitCommit>();
        var fields = output.Split('\0');
        for (var i = 0; i + 4 < fields.Length; i += 5)
            commits.Add(
                new GitCommit(
                    fields[i],
                    UnixTime(fields[i + 1])!.Value,
                    fields[i + 2],
                    fields[i + 3],
                    fields[i + 4].Trim()
                )
            );
        return commits.ToImmutable();
    }

    /// <summary>Porcelain answer of push: <c>flag TAB from:to TAB summary (reason)</c>.</summary>
    public static ImmutableArray<PushedRef> Pushed(string output)
    {
        var refs = ImmutableArray.CreateBuilder<PushedRef>();
        foreach (var line in Lines(output))
        {
            if (line.Split('\t', 3) is not [{ Length: 1 } flag, var names, var summary])
                continue;
            var open = summary.IndexOf('(', StringComparison.Ordinal);
            var reason = open < 0 ? summary : summary[(open + 1)..].TrimEnd(')');
            refs.Add(new PushedRef(names[(names.LastIndexOf(':') + 1)..], flag == "!" ? reason : null));
        }
        return refs.ToImmutable();
    }

    public static bool IsStale(ImmutableArray<PushedRef> refs) =>
        refs.Any(push =>
            push.Reason is { } reason && StaleReasons.Any(stale => reason.StartsWith(stale, StringComparison.Ordinal))
        );

    /// <summary>The message of a tag object: all after the first empty line.</summary>
    public static string? Message(string tagObject)
    {
        var empty = tagObject.IndexOf("\n\n", StringComparison.Ordinal);
        return empty < 0 ? null : tagObject[(empty + 2)..];
    }

    public static GitIdentity? Identity(string output)
    {
        var open = output.IndexOf(" <", StringComparison.Ordinal);
        var close = output.IndexOf('>', StringComparison.Ordinal);
        return open > 0 && close > open ? new GitIdentity(output[..open], output[(open + 2)..close]) : null;
    }

    private static string WithoutPrefix(string name) => name["refs/tags/".Length..];

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset? UnixTime(string seconds) =>
        long.TryParse(seconds, CultureInfo.InvariantCulture, out var value)
            ? DateTimeOffset.FromUnixTimeSeconds(value)
            : null;
}
