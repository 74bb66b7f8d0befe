using System.Collections.Immutable;

namespace Slipway.Tools.Tests;

public class GitPushTests
{
    private const string Tag = "refs/tags/production";
    private static readonly CancellationToken None = CancellationToken.None;

    private GitHistory _history = null!;

    private Git Git => _history.Git;

    [SetUp]
    public void SetUp() =>
        _history = new GitHistory().MakeATaggedCommit("v1.0.0").MakeATaggedCommit("v1.1.0").WithARemote();

    [TearDown]
    public void TearDown() => _history.Dispose();

    [Test]
    public async Task AMovableTagIsMadeThenMovedByCompareAndSwap()
    {
        var first = Rev("v1.0.0");
        var second = Rev("v1.1.0");

        (await Push(PushRef.Move(first, Tag, null))).Outcome.ShouldBe(PushOutcome.Pushed);
        (await Push(PushRef.Move(second, Tag, first))).Outcome.ShouldBe(PushOutcome.Pushed);
        (await Push(PushRef.Move(first, Tag, second))).Outcome.ShouldBe(
            PushOutcome.Pushed,
            "backwards, too: a rollback"
        );

        (await Git.RemoteRefAsync("origin", Tag, None))!.Sha.ShouldBe(first);
    }

    [Test]
    public async Task ATagThatMovedUnderUsIsStaleAndNothingOfThePushIsDone()
    {
        var first = Rev("v1.0.0");
        var second = Rev("v1.1.0");
        await Push(PushRef.Move(second, Tag, null));
        var entry = await Git.CreateTagObjectAsync(
            "deployments/production/x",
            second,
            "{}",
            DateTimeOffset.UnixEpoch,
            None
        );

        var result = await Push(
            PushRef.Move(first, Tag, first),
            PushRef.Create(entry, "refs/deployments/production/x")
        );

        result.Outcome.ShouldBe(PushOutcome.Stale);
        result.Refs.Single(push => push.Target == Tag).Reason.ShouldBe("stale info");
        (await Git.RemoteRefAsync("origin", Tag, None))!.Sha.ShouldBe(second);
        (await Git.RemoteRefsAsync("origin", "refs/deployments/", None)).ShouldBeEmpty();
    }

    [Test]
    public async Task ATagThatMustNotExistIsStaleWhenItDoes()
    {
        var result = await Push(PushRef.Create(Rev("v1.0.0"), "refs/tags/v1.1.0"));

        result.Outcome.ShouldBe(PushOutcome.Stale);
        (await Git.RemoteRefAsync("origin", "refs/tags/v1.1.0", None))!.Sha.ShouldBe(Rev("v1.1.0"));
    }

    [Test]
    public async Task AnUnreachableRemoteIsAFailureNotStale()
    {
        var failure = await Should.ThrowAsync<CommandFailedException>(() =>
            Git.PushAsync("/no/such/remote.git", [PushRef.Create(Rev("v1.0.0"), Tag)], None)
        );

        failure.Message.ShouldContain("/no/such/remote.git");
    }

    [Test]
    public async Task ARefusalOfTheRemoteIsAFailureNotStale()
    {
        var hook = Path.Combine(_history.Remote, "hooks", "pre-receive");
        File.WriteAllText(hook, "#!/bin/sh\necho policy says no\nexit 1\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var failure = await Should.ThrowAsync<CommandFailedException>(() => Push(PushRef.Create(Rev("v1.0.0"), Tag)));

        failure.Message.ShouldContain("policy says no");
    }

    [Test]
    public async Task ATagIsDeletedOnlyAsItIsKnown()
    {
        await Push(PushRef.Move(Rev("v1.0.0"), Tag, null));

        (await Push(PushRef.Delete(Tag, Rev("v1.1.0")))).Outcome.ShouldBe(PushOutcome.Stale);
        (await Push(PushRef.Delete(Tag, Rev("v1.0.0")))).Outcome.ShouldBe(PushOutcome.Pushed);

        (await Git.RemoteRefAsync("origin", Tag, None)).ShouldBeNull();
    }

    [Test]
    public async Task OfTwoThatMoveAtOnceOneWins()
    {
        var first = Rev("v1.0.0");
        var commits = Enumerable.Range(0, 6).Select(i => _history.MakeACommit(content: $"race {i}").Head).ToList();
        await Push(PushRef.Move(first, Tag, null));

        var results = await Task.WhenAll(commits.Select(commit => Push(PushRef.Move(commit, Tag, first))));

        results.Count(result => result.Outcome == PushOutcome.Pushed).ShouldBe(1);
    }

    [Test]
    public async Task LedgerEntriesComeBackAsTheyWereWritten()
    {
        const string prefix = "refs/deployments/production/";
        var messages = new[] { "{\"a\":\"ü\\n\"}\n", "{\"b\":\"two\\u0000\"}", "#no comment\n\n\nend\n\n" };
        for (var i = 0; i < messages.Length; i++)
        {
            var sha = await Git.CreateTagObjectAsync(
                $"deployments/production/d{i}",
                _history.Head,
                messages[i],
                DateTimeOffset.UnixEpoch.AddDays(i),
                None
            );
            (await Git.ReadTagMessageAsync(sha, None)).ShouldBe(messages[i]);
            (await Push(PushRef.Create(sha, $"{prefix}d{i}"))).Outcome.ShouldBe(PushOutcome.Pushed);
        }
        await Git.FetchAsync("origin", [$"+{prefix}*:{prefix}*"], None);

        var entries = await Git.TagObjectsAsync(prefix, None);

        entries.Select(entry => entry.Message).ShouldBe(messages);
        entries.ShouldAllBe(entry => entry.Target == _history.Head);
        (await Git.RemoteRefsAsync("origin", prefix, None))
            .Select(found => found.Sha)
            .ShouldBe(entries.Select(entry => entry.Sha));
        (await Git.ReadTagMessageAsync(_history.Head, None)).ShouldBeNull("a commit is no annotated tag");
    }

    [Test]
    public async Task ATagOfTheRemoteIsFetchedButNeverClobbersOurs()
    {
        _history.Raw("tag", "--delete", "v1.0.0");
        await Git.FetchTagsAsync("origin", None);
        (await Git.ResolveCommitAsync("refs/tags/v1.0.0", None)).ShouldNotBeNull();
        _history.Raw("tag", "--force", "v1.0.0", "v1.1.0");

        await Should.ThrowAsync<CommandFailedException>(() => Git.FetchTagsAsync("origin", None));

        Rev("v1.0.0").ShouldBe(Rev("v1.1.0"));
    }

    private Task<PushResult> Push(params ImmutableArray<PushRef> refs) => Git.PushAsync("origin", refs, None);

    private string Rev(string revision) => _history.Raw("rev-parse", revision).Trim();
}
