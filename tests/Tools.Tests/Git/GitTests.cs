using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class GitTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private GitHistory _history = null!;

    private Git Git => _history.Git;

    [SetUp]
    public void SetUp() => _history = new GitHistory();

    [TearDown]
    public void TearDown() => _history.Dispose();

    [Test]
    public async Task KnowsHeadAndBranch()
    {
        _history.MakeCommits(2);

        (await Git.HeadShaAsync(None)).ShouldBe(_history.Head);
        (await Git.CurrentBranchAsync(None)).ShouldBe("main");
        _history.Raw("checkout", "--quiet", "--detach");
        (await Git.CurrentBranchAsync(None)).ShouldBeNull();
    }

    [Test]
    public async Task ARepositoryWithoutACommitIsNamed()
    {
        (await Should.ThrowAsync<PipelineException>(() => Git.HeadShaAsync(None))).Message.ShouldContain(
            _history.Repository
        );
    }

    [Test]
    public async Task SaysWhatIsNotClean()
    {
        _history.MakeACommit();
        (await Git.IsCleanAsync(None)).ShouldBeTrue();
        File.WriteAllText(Path.Combine(_history.Repository, "file.txt"), "changed");
        File.WriteAllText(Path.Combine(_history.Repository, "new \"ü\" $(id)\n.txt"), "");

        (await Git.ChangesAsync(None)).ShouldBe(
            [new GitChange(" M", "file.txt"), new GitChange("??", "new \"ü\" $(id)\n.txt")],
            ignoreOrder: true
        );
    }

    [Test]
    public async Task ListsTagsWithTheCommitTheyPointAt()
    {
        _history.MakeATaggedCommit("v1.0.0").MakeACommit().TagWithAMessage("api/v1.1.0", "second").MakeACommit();
        _history.Raw("tag", "a-blob", _history.Raw("hash-object", "-w", "file.txt").Trim());

        var tags = await Git.TagsAsync(None);

        tags.Select(tag => (tag.Name, tag.Commit, tag.IsAnnotated))
            .ShouldBe([("api/v1.1.0", Rev("HEAD~1"), true), ("v1.0.0", Rev("HEAD~2"), false)]);
        tags[0].ObjectSha.ShouldBe(Rev("api/v1.1.0"));
        tags.ShouldAllBe(tag => tag.Date != null);
    }

    [Test]
    public async Task ListsTheTagsOfARemote()
    {
        _history.MakeATaggedCommit("v1.0.0").TagWithAMessage("v1.0.0-stable", "good").WithARemote();

        var tags = await Git.RemoteTagsAsync("origin", None);

        tags.ShouldBe([
            new GitTag("v1.0.0", _history.Head, _history.Head, false, null),
            new GitTag("v1.0.0-stable", _history.Head, Rev("v1.0.0-stable"), true, null),
        ]);
    }

    [TestCase("v1.0.0", true)]
    [TestCase("HEAD", true)]
    [TestCase("v1.0.1", false)]
    [TestCase("--all", false)]
    [TestCase("v1.0.0;id", false)]
    [TestCase("$(touch x)", false)]
    [TestCase("", false)]
    public async Task ResolvesWhatNamesACommit(string revision, bool found)
    {
        _history.MakeATaggedCommit("v1.0.0");

        (await Git.ResolveCommitAsync(revision, None)).ShouldBe(found ? _history.Head : null);
    }

    [Test]
    public async Task MakesAnAnnotatedTagAlsoWhereNobodyIsConfigured()
    {
        _history.MakeACommit();

        await Git.CreateTagAsync("v1.0.0", "HEAD", "#1 line\n\nmore  \n", None);

        (await Git.TagsAsync(None)).Single().IsAnnotated.ShouldBeTrue();
        (await Git.ReadTagMessageAsync(Rev("v1.0.0"), None)).ShouldBe("#1 line\n\nmore  \n");
    }

    [TestCase("v1..0")]
    [TestCase("-d")]
    [TestCase("a b")]
    [TestCase("x.lock")]
    [TestCase("a\nb")]
    public async Task NeverTakesANameForAnOption(string name)
    {
        _history.MakeATaggedCommit("v1.0.0");

        await Should.ThrowAsync<PipelineException>(() => Git.CreateTagAsync(name, "HEAD", "m", None));

        (await Git.TagsAsync(None)).Select(tag => tag.Name).ShouldBe(["v1.0.0"]);
    }

    [Test]
    public async Task MakesTheNextCommitsKnownSinceATag()
    {
        _history
            .MakeATaggedCommit("v1.0.0")
            .MakeACommit("api/a", "feat: a\n\nbody of a\nBREAKING CHANGE: x")
            .MakeACommit("web/b", "fix: b");

        var all = await Git.CommitsSinceAsync("v1.0.0", "HEAD", null, None);
        var api = await Git.CommitsSinceAsync("v1.0.0", "HEAD", "api", None);

        all.Select(commit => commit.Subject).ShouldBe(["fix: b", "feat: a"]);
        all[1].Body.ShouldBe("body of a\nBREAKING CHANGE: x");
        all[0].Sha.ShouldBe(_history.Head);
        api.Select(commit => commit.Subject).ShouldBe(["feat: a"]);
        (await Git.CommitsSinceAsync(null, "HEAD", null, None)).Length.ShouldBe(3);
        await Should.ThrowAsync<PipelineException>(() => Git.CommitsSinceAsync("nothing", "HEAD", null, None));
    }

    [Test]
    public async Task ArchivesAFolderOfACommit()
    {
        _history
            .MakeACommit("services/api/index.js", content: "hello")
            .MakeACommit("services/api/index.js", content: "later");
        var tar = Path.Combine(_history.Repository, "..", "x.tar");

        await Git.ArchiveAsync(Rev("HEAD~1"), "services/api", tar, None);

        var listing = await _history.Runner.RunAsync(Command.Of("tar", "-xOf", tar, "index.js"));
        listing.Output.ShouldBe("hello");
        await Should.ThrowAsync<CommandFailedException>(() => Git.ArchiveAsync(_history.Head, "no/such", tar, None));
    }

    [Test]
    public async Task TellsWhereARemoteIsWithoutItsPassword()
    {
        _history.Raw("remote", "add", "origin", "https://user:hunter2hunter2@example.com/x.git");

        (await Git.RemoteUrlAsync("origin", None)).ShouldBe("https://example.com/x.git");
        (await Git.RemoteUrlAsync("nowhere", None)).ShouldBeNull();
    }

    [Test]
    public async Task IsNotLedAstrayByAHookOrAnotherRepository()
    {
        _history.MakeACommit().WithARemote();
        var hook = Path.Combine(_history.Repository, ".git", "hooks", "pre-push");
        File.WriteAllText(hook, "#!/bin/sh\nexit 1\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var result = await Git.PushAsync("origin", [PushRef.Create(_history.Head, "refs/heads/other")], None);

        result.Outcome.ShouldBe(PushOutcome.Pushed);
        GitCommands.Status("/x").Environment["GIT_DIR"].ShouldBeNull();
    }

    private string Rev(string revision) => _history.Raw("rev-parse", revision).Trim();
}
