using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>A git repository on this machine, and through it its remotes.</summary>
public sealed class Git(ICommandRunner runner, string repository)
{
    private GitIdentity? _identity;

    public string Repository { get; } = Path.GetFullPath(repository);

    /// <exception cref="PipelineException">No repository, or one without a commit.</exception>
    public async Task<string> HeadShaAsync(CancellationToken cancellation) =>
        await ResolveCommitAsync("HEAD", cancellation)
        ?? throw new PipelineException($"{Repository} is no git repository with a commit", next: "git log");

    /// <summary>Null when HEAD is detached.</summary>
    public async Task<string?> CurrentBranchAsync(CancellationToken cancellation)
    {
        var result = await Run(GitCommands.CurrentBranch(Repository), cancellation);
        const string prefix = "refs/heads/";
        var name = result.Output.Trim();
        return name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
    }

    /// <summary>What differs from HEAD, untracked files included; empty when the working tree is clean.</summary>
    public async Task<ImmutableArray<GitChange>> ChangesAsync(CancellationToken cancellation) =>
        GitOutput.Changes((await Run(GitCommands.Status(Repository), cancellation)).Output);

    public async Task<bool> IsCleanAsync(CancellationToken cancellation) => (await ChangesAsync(cancellation)).IsEmpty;

    /// <summary>The commit that a revision names (an annotated tag is followed), 40 hex digits, or null.</summary>
    public async Task<string?> ResolveCommitAsync(string revision, CancellationToken cancellation)
    {
        if (revision.Length == 0)
            return null;
        var result = await Run(GitCommands.RevParse(Repository, revision + "^{commit}"), cancellation);
        return result.ExitCode == 0 ? result.Output.Trim() : null;
    }

    public async Task<ImmutableArray<GitTag>> TagsAsync(CancellationToken cancellation) =>
        GitOutput.Tags(
            (await Run(GitCommands.ForEachRef(Repository, GitCommands.TagFormat, "refs/tags/"), cancellation)).Output
        );

    public async Task<ImmutableArray<GitTag>> RemoteTagsAsync(string remote, CancellationToken cancellation) =>
        [
            .. (await RemoteRefsAsync(remote, "refs/tags/", cancellation)).Select(tag => new GitTag(
                tag.Name["refs/tags/".Length..],
                tag.Commit,
                tag.Sha,
                tag.IsAnnotated,
                null
            )),
        ];

    /// <param name="remote">Name, path or URL.</param>
    /// <param name="prefix">e.g. <c>refs/deployments/production/</c>.</param>
    public async Task<ImmutableArray<GitRef>> RemoteRefsAsync(
        string remote,
        string prefix,
        CancellationToken cancellation
    )
    {
        var result = await Run(GitCommands.LsRemote(Repository, remote, prefix + "*"), cancellation);
        // ls-remote matches the end of a name too: x/refs/tags/… is not asked for.
        return
        [
            .. GitOutput
                .RemoteRefs(result.Output)
                .Where(found => found.Name.StartsWith(prefix, StringComparison.Ordinal)),
        ];
    }

    /// <summary>One ref of a remote by its full name, or null.</summary>
    public async Task<GitRef?> RemoteRefAsync(string remote, string name, CancellationToken cancellation)
    {
        GitRefName.Require(name);
        var result = await Run(GitCommands.LsRemote(Repository, remote, name, name + "^{}"), cancellation);
        return GitOutput.RemoteRefs(result.Output).FirstOrDefault(found => found.Name == name);
    }

    /// <summary>Brings refs of a remote here; nothing is forced but what a refspec with <c>+</c> says.</summary>
    public async Task FetchAsync(string remote, ImmutableArray<string> refspecs, CancellationToken cancellation) =>
        await Run(GitCommands.Fetch(Repository, remote, refspecs), cancellation);

    /// <exception cref="CommandFailedException">Also when a tag here has another object than the remote's.</exception>
    public Task FetchTagsAsync(string remote, CancellationToken cancellation) =>
        FetchAsync(remote, ["refs/tags/*:refs/tags/*"], cancellation);

    /// <summary>Pushes all refs or none, each under its condition.</summary>
    /// <exception cref="CommandFailedException">Anything but success and a ref that somebody else moved.</exception>
    public async Task<PushResult> PushAsync(string remote, ImmutableArray<PushRef> refs, CancellationToken cancellation)
    {
        var result = await Run(GitCommands.Push(Repository, remote, refs), cancellation);
        var pushed = GitOutput.Pushed(result.Output);
        if (result.ExitCode == 0)
            return new PushResult(PushOutcome.Pushed, pushed);
        if (GitOutput.IsStale(pushed))
            return new PushResult(PushOutcome.Stale, pushed);
        throw new CommandFailedException(
            result,
            $"{CommandText.Of(result.Command)}\nfailed with exit code {result.ExitCode}:\n{result.Output}{result.Error}".TrimEnd()
        );
    }

    /// <summary>Makes an annotated tag here.</summary>
    /// <exception cref="PipelineException">The name is no tag name.</exception>
    /// <exception cref="CommandFailedException">Also when the tag exists.</exception>
    public async Task CreateTagAsync(string name, string commit, string message, CancellationToken cancellation) =>
        await Run(
            GitCommands.CreateTag(Repository, name, commit, message, await IdentityAsync(cancellation)),
            cancellation
        );

    /// <summary>Makes an annotated tag object that no ref holds yet, to be pushed to a ref of any kind; returns its id.</summary>
    /// <param name="name">The name in the object, e.g. <c>deployments/production/deploy-…</c>.</param>
    public async Task<string> CreateTagObjectAsync(
        string name,
        string commit,
        string message,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        GitRefName.Tag(name);
        var identity = await IdentityAsync(cancellation);
        var command = GitCommands.MakeTagObject(Repository, name, commit, message, identity, at);
        return (await Run(command, cancellation)).Output.Trim();
    }

    public async Task UpdateRefAsync(string name, string sha, string? expected, CancellationToken cancellation) =>
        await Run(GitCommands.UpdateRef(Repository, name, sha, expected), cancellation);

    /// <summary>The message of an annotated tag, exactly; null when the object is no annotated tag or is not here.</summary>
    /// <param name="sha">Id of the tag object.</param>
    public async Task<string?> ReadTagMessageAsync(string sha, CancellationToken cancellation)
    {
        RequireSha(sha);
        var result = await Run(GitCommands.ReadTagObject(Repository, sha), cancellation);
        return result.ExitCode == 0 ? GitOutput.Message(result.Output) : null;
    }

    /// <summary>The annotated tag objects below a prefix of this repository's refs, with their messages, by ref name.</summary>
    public async Task<ImmutableArray<GitTagObject>> TagObjectsAsync(string prefix, CancellationToken cancellation) =>
        GitOutput.TagObjects(
            (await Run(GitCommands.ForEachRef(Repository, GitCommands.TagObjectFormat, prefix), cancellation)).Output
        );

    /// <summary>Commits after <paramref name="since"/> up to <paramref name="until"/>, newest first.</summary>
    /// <param name="since">Tag or commit; null for all.</param>
    /// <param name="path">Only commits that touch it; null or empty for all.</param>
    public async Task<ImmutableArray<GitCommit>> CommitsSinceAsync(
        string? since,
        string until,
        string? path,
        CancellationToken cancellation
    )
    {
        var to = await RequireCommitAsync(until, cancellation);
        var range = since is null ? to : $"{await RequireCommitAsync(since, cancellation)}..{to}";
        return GitOutput.Commits((await Run(GitCommands.Log(Repository, range, path), cancellation)).Output);
    }

    /// <summary>Writes the tree of a commit, or a folder of it, as a tar file; the folder becomes the archive's root.</summary>
    /// <exception cref="CommandFailedException">Also when the commit has no such folder.</exception>
    public async Task ArchiveAsync(string commitSha, string folder, string tarFile, CancellationToken cancellation)
    {
        RequireSha(commitSha);
        var treeish = folder is "" or "." ? commitSha : $"{commitSha}:{folder.TrimEnd('/')}";
        await Run(GitCommands.Archive(Repository, treeish, Path.GetFullPath(tarFile)), cancellation);
    }

    /// <summary>Makes an empty bare repository; nothing happens when there is one.</summary>
    public static async Task InitBareAsync(ICommandRunner runner, string path, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        await runner.RunAsync(GitCommands.InitBare(full, full), cancellation: cancellation);
    }

    /// <summary>Where a remote is, without the user and password of its URL; null when there is no such remote.</summary>
    public async Task<string?> RemoteUrlAsync(string remote, CancellationToken cancellation)
    {
        var result = await Run(GitCommands.RemoteUrl(Repository, remote), cancellation);
        if (result.ExitCode != 0)
            return null;
        var url = result.Output.Trim();
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? new UriBuilder(uri) { UserName = "", Password = "" }.Uri.ToString()
            : url;
    }

    private async Task<GitIdentity> IdentityAsync(CancellationToken cancellation) =>
        _identity ??=
            GitOutput.Identity((await Run(GitCommands.Identity(Repository), cancellation)).Output)
            ?? GitIdentity.Default;

    private async Task<string> RequireCommitAsync(string revision, CancellationToken cancellation) =>
        await ResolveCommitAsync(revision, cancellation)
        ?? throw new PipelineException(
            $"{Repository} has no commit «{revision}»",
            "a tag, a branch or a commit",
            "git fetch --tags"
        );

    private static void RequireSha(string sha)
    {
        if (sha.Length != 40 || !sha.All(char.IsAsciiHexDigit))
            throw new PipelineException($"«{sha}» is no commit id", "40 hex digits");
    }

    private Task<CommandResult> Run(Command command, CancellationToken cancellation) =>
        runner.RunAsync(command, cancellation: cancellation);
}
