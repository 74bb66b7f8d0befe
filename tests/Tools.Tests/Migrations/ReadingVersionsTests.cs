using Slipway.Migrations;

namespace Slipway.Tools.Tests;

/// <summary>A history in which the column <c>last_login</c> is read, then no longer, and the services move.</summary>
public class ReadingVersionsTests
{
    private GitHistory _history = null!;
    private string _reads = "";
    private string _moved = "";
    private string _doesNot = "";

    [SetUp]
    public void Make_a_history()
    {
        _history = new GitHistory();
        _reads = _history.MakeACommit("services/auth.mjs", content: "select last_login from users").Head;
        _moved = _history.MakeACommit("apps/api.mjs", content: "user.lastLogin").MakeACommit("x").Head;
        _history.Raw("rm", "-r", "--quiet", "services");
        _moved = _history.MakeACommit("y").Head;
        _history.Raw("rm", "-r", "--quiet", "apps");
        _doesNot = _history
            .MakeACommit("services/auth.mjs", content: "select name from users")
            .MakeACommit("docs/old.md", content: "last_login is gone")
            .Head;
    }

    [TearDown]
    public void Remove() => _history.Dispose();

    [Test]
    public async Task A_version_that_reads_it_keeps_it() =>
        (await DecideAsync(_reads)).ShouldBe(["users.last_login is still read by v1 (warm)"]);

    [Test]
    public async Task One_that_kept_its_services_elsewhere_is_searched_whole() =>
        (await DecideAsync(_moved)).ShouldNotBeEmpty();

    [Test]
    public async Task One_that_does_not_lets_it_go_whatever_its_documents_say() =>
        (await DecideAsync(_doesNot)).ShouldBeEmpty();

    private async Task<string[]> DecideAsync(string commit)
    {
        var reading = await new ReadingVersions(
            (sha, folder, token) => ExportedFolder.ReadTextsAsync(_history.Git.ArchiveAsync, sha, folder, token),
            ["services"]
        ).ReadAsync("v1", commit, "warm", CancellationToken.None);
        var file = MigrationFile.ParseDbmate("1.sql", "-- migrate:up\nalter table users drop column last_login;");
        return
        [
            .. MigrationPolicy
                .Decide(new MigrationClassifier().Classify([file]), [reading], forceReason: null)
                .Refusals.Select(refusal => refusal.Why),
        ];
    }
}
