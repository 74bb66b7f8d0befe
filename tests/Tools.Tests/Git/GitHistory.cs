namespace Slipway.Tools.Tests;

/// <summary>Makes a repository whose history reads as it is written.</summary>
internal sealed class GitHistory : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly CommandRunner _runner = new(new Redactor(), TimeProvider.System);
    private int _commits;

    public GitHistory()
    {
        Directory.CreateDirectory(Repository);
        Raw("init", "--quiet", "--initial-branch=main");
        Git = new Git(_runner, Repository);
    }

    public Git Git { get; }

    public CommandRunner Runner => _runner;

    public string Repository => Path.Combine(_folder.Path, "repository");

    public string Remote => Path.Combine(_folder.Path, "remote.git");

    public string Head => Raw("rev-parse", "HEAD").Trim();

    public GitHistory MakeACommit(string? file = null, string? message = null, string? content = null)
    {
        _commits++;
        var path = Path.Combine(Repository, file ?? "file.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content ?? $"{_commits}");
        Raw("add", "--all");
        Raw("commit", "--quiet", "--allow-empty", "-m", message ?? $"Commit {_commits}");
        return this;
    }

    public GitHistory MakeCommits(int count)
    {
        for (var i = 0; i < count; i++)
            MakeACommit();
        return this;
    }

    public GitHistory MakeATaggedCommit(string tag) => MakeACommit().Tag(tag);

    public GitHistory Tag(string tag)
    {
        Raw("tag", tag);
        return this;
    }

    public GitHistory TagWithAMessage(string tag, string message)
    {
        Raw("tag", "-a", "-m", message, tag);
        return this;
    }

    public GitHistory WithARemote()
    {
        Git.InitBareAsync(_runner, Remote, CancellationToken.None).GetAwaiter().GetResult();
        Raw("remote", "add", "origin", Remote);
        Raw("push", "--quiet", "origin", "main", "--tags");
        return this;
    }

    public string Raw(params string[] arguments) =>
        _runner
            .RunAsync(
                Command
                    .Of("git", ["-c", "user.name=Test", "-c", "user.email=test@localhost", .. arguments])
                    .In(Repository)
            )
            .GetAwaiter()
            .GetResult()
            .Output;

    public void Dispose() => _folder.Dispose();
}
