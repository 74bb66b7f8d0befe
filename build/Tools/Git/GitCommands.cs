using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>git's command lines. Whatever comes from outside stands behind <c>--end-of-options</c> or <c>--</c>.</summary>
public static class GitCommands
{
    /// <summary>Talking to a remote ends some time, even when nobody answers.</summary>
    private static readonly TimeSpan RemoteLimit = TimeSpan.FromMinutes(5);

    public const string TagFormat =
        "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:unix)";

    public const string TagObjectFormat =
        "%(refname)%00%(objecttype)%00%(objectname)%00%(*objectname)%00%(contents)%00";

    public const string LogFormat = "format:%H%x00%ct%x00%an%x00%s%x00%b";

    public static Command RevParse(string repository, string revision) =>
        Git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", revision) with
        {
            SuccessExitCodes = [0, 1, 128],
        };

    public static Command CurrentBranch(string repository) =>
        Git(repository, "symbolic-ref", "--quiet", "HEAD") with
        {
            SuccessExitCodes = [0, 1],
        };

    public static Command Status(string repository) =>
        Git(repository, "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames");

    public static Command ForEachRef(string repository, string format, string prefix) =>
        Git(repository, "for-each-ref", $"--format={format}", "--", prefix);

    public static Command LsRemote(string repository, string remote, params IEnumerable<string> patterns) =>
        Git(repository, ["ls-remote", "--quiet", "--end-of-options", remote, .. patterns]) with
        {
            Timeout = RemoteLimit,
        };

    public static Command Fetch(string repository, string remote, params IEnumerable<string> refspecs) =>
        Git(
            repository,
            ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--end-of-options", remote, .. refspecs]
        ) with
        {
            Timeout = RemoteLimit,
        };

    public static Command Push(string repository, string remote, ImmutableArray<PushRef> refs)
    {
        var leases = refs.Where(push => push.Expected is not null)
            .Select(push => $"--force-with-lease={GitRefName.Require(push.Target)}:{push.Expected}");
        var refspecs = refs.Select(push => $"{push.Source}:{GitRefName.Require(push.Target)}");
        return Git(
            repository,
            ["push", "--porcelain", "--atomic", "--no-verify", .. leases, "--end-of-options", remote, .. refspecs]
        ) with
        {
            Timeout = RemoteLimit,
            SuccessExitCodes = [0, 1],
        };
    }

    public static Command CreateTag(string repository, string name, string commit, string message, GitIdentity identity)
    {
        GitRefName.Tag(name);
        return Git(
            repository,
            ["tag", "--annotate", "--cleanup=verbatim", "--file=-", "--end-of-options", name, commit],
            identity
        ) with
        {
            StandardInput = message,
        };
    }

    /// <summary>Makes a tag object without a ref, so that it can be pushed to any ref. Prints its id.</summary>
    public static Command MakeTagObject(
        string repository,
        string name,
        string commit,
        string message,
        GitIdentity identity,
        DateTimeOffset at
    ) =>
        Git(repository, "mktag") with
        {
            StandardInput =
                $"object {commit}\ntype commit\ntag {name}\ntagger {identity.Name} <{identity.Email}> {at.ToUnixTimeSeconds()} +0000\n\n{message}",
        };

    public static Command ReadTagObject(string repository, string revision) =>
        Git(repository, "cat-file", "tag", revision) with
        {
            SuccessExitCodes = [0, 128],
        };

    public static Command UpdateRef(string repository, string name, string sha, string? expected) =>
        Git(repository, ["update-ref", GitRefName.Require(name), sha, .. expected is null ? (string[])[] : [expected]]);

    public static Command Identity(string repository) =>
        Git(repository, "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT") with
        {
            SuccessExitCodes = [0, 1, 128],
        };

    public static Command Log(string repository, string range, string? path) =>
        Git(
            repository,
            [
                "log",
                "-z",
                $"--format={LogFormat}",
                "--end-of-options",
                range,
                "--",
                .. path is null or "" ? (string[])[] : [path],
            ]
        );

    public static Command Archive(string repository, string treeish, string tarFile) =>
        Git(repository, "archive", "--format=tar", $"--output={tarFile}", "--end-of-options", treeish);

    public static Command InitBare(string parent, string path) =>
        Git(parent, "init", "--bare", "--quiet", "--initial-branch=main", "--end-of-options", path);

    public static Command RemoteUrl(string repository, string remote) =>
        Git(repository, "remote", "get-url", "--end-of-options", remote) with
        {
            SuccessExitCodes = [0, 2, 128],
        };

    private static Command Git(string repository, params ImmutableArray<string> arguments) =>
        Git(repository, arguments, null);

    private static Command Git(string repository, ImmutableArray<string> arguments, GitIdentity? identity)
    {
        string[] who = identity is null
            ? []
            : ["-c", $"user.name={identity.Name}", "-c", $"user.email={identity.Email}"];
        // No hook, no signature prompt, no colour and no quoting of a user's configuration gets in between.
        string[] plain =
        [
            "--no-pager",
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.quotePath=false",
            "-c",
            "tag.gpgSign=false",
            "-c",
            "push.gpgSign=false",
            "-c",
            "color.ui=false",
        ];
        var environment = Command.Of("git").Environment.SetItem("GIT_TERMINAL_PROMPT", "0").SetItem("LC_ALL", "C");
        // Set when we run inside a hook; they would silently lead to another repository.
        foreach (var name in new[] { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX" })
            environment = environment.SetItem(name, null);
        return Command.Of("git", [.. plain, .. who, .. arguments]).In(repository) with
        {
            Environment = environment.SetItem("GIT_OPTIONAL_LOCKS", "0"),
        };
    }
}
