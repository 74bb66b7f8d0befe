namespace Slipway.Tools.Tests;

public class BundleBuilderTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private GitHistory _history = null!;
    private ScratchFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new ScratchFolder();
        _history = new GitHistory()
            .MakeACommit("services/api/index.js", content: "api")
            .MakeACommit("services/api/lib/a.js", content: "a")
            .MakeACommit("services/web/index.html", content: "web");
    }

    [TearDown]
    public void TearDown()
    {
        _history.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task HoldsTheCommitAndNotTheWorkingTree()
    {
        File.WriteAllText(Path.Combine(_history.Repository, "services/api/index.js"), "edited");
        File.WriteAllText(Path.Combine(_history.Repository, "services/api/untracked"), "x");

        var bundle = await Build(Builder(), "api", "services/api");
        await BundleArchive.UnpackAsync(bundle.Path, bundle.Digest, _folder.File("out/api"), None);

        File.ReadAllText(_folder.File("out/api/index.js")).ShouldBe("api");
        File.Exists(_folder.File("out/api/lib/a.js")).ShouldBeTrue();
        File.Exists(_folder.File("out/api/untracked")).ShouldBeFalse();
        bundle.Bytes.ShouldBe(new FileInfo(bundle.Path).Length);
    }

    [Test]
    public async Task TheSameCommitGivesTheSameDigest()
    {
        var first = await Build(
            Builder(),
            "api",
            "services/api",
            "bash",
            "-c",
            "mkdir d; echo 1 > d/z; echo 2 > d/b; ln -s z d/link"
        );
        var second = await Build(
            Builder(),
            "api",
            "services/api",
            "bash",
            "-c",
            "mkdir d; ln -s z d/link; echo 2 > d/b; echo 1 > d/z"
        );

        second.Digest.ShouldBe(first.Digest);
        first.Digest.ShouldStartWith("sha256:");
        first.Digest.Length.ShouldBe("sha256:".Length + 64);
        (await Build(Builder(), "api", "services/web")).Digest.ShouldNotBe(first.Digest);
    }

    [Test]
    public async Task PreparesOnceForServicesThatShareContextAndPreparation()
    {
        var count = _folder.File("count", "");
        string[] prepare = ["bash", "-c", "echo x >> \"$1\"; sleep 0.1; touch prepared", "bash", count];
        var builder = Builder();

        var bundles = await Task.WhenAll(
            Build(builder, "auth", "services/api", prepare),
            Build(builder, "education", "services/api", prepare),
            Build(builder, "web", "services/web", prepare)
        );

        File.ReadAllLines(count).Length.ShouldBe(2);
        bundles[0].Digest.ShouldBe(bundles[1].Digest);
        bundles.Select(bundle => Path.GetFileName(bundle.Path)).ShouldBe(["auth.tar", "education.tar", "web.tar"]);
        bundles.ShouldAllBe(bundle => File.Exists(bundle.Path));
    }

    [Test]
    public async Task AFailedPreparationIsTriedAgain()
    {
        var builder = Builder();
        string[] prepare = ["bash", "-c", "echo no luck >&2; test -e \"$1\"", "bash", _folder.File("flag")];

        var failure = await Should.ThrowAsync<CommandFailedException>(() =>
            Build(builder, "api", "services/api", prepare)
        );
        File.WriteAllText(_folder.File("flag"), "");
        await Build(builder, "api", "services/api", prepare);

        failure.Message.ShouldContain("no luck");
    }

    [Test]
    public async Task RefusesALinkOutOfTheBundle()
    {
        var failure = await Should.ThrowAsync<Outcomes.PipelineException>(() =>
            Build(Builder(), "api", "services/api", "ln", "-s", "/etc/passwd", "lib/x")
        );

        failure.Message.ShouldContain("lib/x");
    }

    [Test]
    public async Task RefusesAServiceThatIsAPath()
    {
        await Should.ThrowAsync<Outcomes.PipelineException>(() => Build(Builder(), "../x", "services/api"));
    }

    private BundleBuilder Builder() => new(_history.Runner, _history.Git.ArchiveAsync, _history.Head);

    private Task<Bundle> Build(BundleBuilder builder, string service, string context, params string[] prepare) =>
        builder.BuildAsync(
            new BundleRequest(service, context, [.. prepare]),
            _folder.File("build/x").Replace("/x", ""),
            null,
            None
        );
}
