using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

[TestFixture(BackupFormat.Sql)]
[TestFixture(BackupFormat.Directory)]
public class RestorePipelineTests(BackupFormat format)
{
    private ABackup _backup = null!;

    [SetUp]
    public async Task Back_up_and_go_on_writing()
    {
        _backup = await ABackup.OfAsync(
            "create table users (id serial, name text); insert into users (name) values ('a'), ('b');",
            format
        );
        var name = Postgres.Quote(_backup.Database.Url.Database);
        await _backup.Database.ExecuteAsync($"alter database {name} set search_path to public, pg_catalog", default);
        await _backup.Database.ExecuteAsync($"alter database {name} set application_name to 'it''s \\ so'", default);
        await _backup.RunAsync();
        await _backup.Database.ExecuteAsync("delete from users; create table later ()", default);
    }

    [TearDown]
    public void Remove() => _backup.Dispose();

    [Test]
    public async Task A_database_in_use_is_not_replaced_without_force_and_reason()
    {
        (await RefusedAsync(new())).ShouldContain("in use");
        (await RefusedAsync(new(Force: true))).ShouldContain("no reason");

        (await Rows()).ShouldBe(0);
    }

    [Test]
    public async Task A_forced_restore_brings_the_rows_back_and_keeps_the_replaced_database()
    {
        await using var user = await _backup.Database.OpenAsync(default);

        var result = await RestoreAsync(new(Force: true, Reason: "bad release"));

        (await Rows()).ShouldBe(2);
        result.RowsCompared.ShouldBe(2);
        var kept = new Postgres(_backup.Database.Url.WithDatabase(result.ReplacedDatabase!));
        (await SharedCluster.AskAsync<long>(kept, "select count(*) from pg_class where relname = 'later'")).ShouldBe(1);
        (await _backup.Database.InspectAsync(default))
            .Settings.Order()
            .ShouldBe(["application_name=it's \\ so", "search_path=public, pg_catalog"]);
    }

    [Test]
    public async Task A_database_that_is_gone_is_made_again()
    {
        await _backup.Database.DropAsync(default);

        (await RestoreAsync(new())).ReplacedDatabase.ShouldBeNull();

        (await Rows()).ShouldBe(2);
    }

    [Test]
    public async Task A_damaged_object_leaves_the_database_in_use_as_it_was()
    {
        var path = Path.Combine(_backup.Folder, _backup.Object);
        var content = await File.ReadAllBytesAsync(path);
        content[content.Length / 2] ^= 4;
        await File.WriteAllBytesAsync(path, content);

        (await RefusedAsync(new(Force: true, Reason: "bad release"))).ShouldContain("other bytes");

        (await Rows()).ShouldBe(0);
        (await SharedCluster.DatabasesAsync(_backup.Database.Url.Database + "_")).ShouldBeEmpty();
    }

    [Test]
    public async Task The_manual_commands_restore_as_they_are_printed()
    {
        var folder = Directory.CreateTempSubdirectory("slipway-by-hand-").FullName;
        var commands = await RestorePipeline.ManualCommandsAsync(Request(new()), default);

        foreach (var line in commands)
        {
            await SharedCluster.Runner.RunAsync(
                Command
                    .Of("bash", "-o", "pipefail", "-c", line)
                    .With("PATH", $"{SharedCluster.Programs.Folder}:{Environment.GetEnvironmentVariable("PATH")}")
                    .WithSecret("PGPASSWORD", _backup.Database.Url.Password)
                    .In(folder)
            );
        }
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        Directory.Delete(folder);

        var restored = new Postgres(_backup.Database.Url.WithDatabase($"{_backup.Database.Url.Database}_restored"));
        (await SharedCluster.AskAsync<long>(restored, "select count(*) from public.users")).ShouldBe(2);
    }

    private sealed record With(bool Force = false, string? Reason = null);

    private RestoreRequest Request(With with) =>
        new()
        {
            DeploymentId = ABackup.Id,
            Environment = "sandbox",
            Database = _backup.Database.Url,
            Store = _backup.Store,
            Programs = SharedCluster.Programs,
            Force = with.Force,
            Reason = with.Reason,
        };

    private Task<RestoreResult> RestoreAsync(With with) =>
        new RestorePipeline(TimeProvider.System).RunAsync(Request(with), null, default);

    private async Task<string> RefusedAsync(With with) =>
        (await Should.ThrowAsync<PipelineException>(() => RestoreAsync(with))).Explain();

    private Task<long> Rows() => SharedCluster.AskAsync<long>(_backup.Database, "select count(*) from public.users");
}
