using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

/// <summary>Dumps that are less than they seem: what an exit code of 0 does not tell.</summary>
public class DumpDamageTests
{
    private const string Rows = """
        create table users (id serial primary key, name text, noise text);
        insert into users (name, noise) select 'u' || i, md5(i::text) || md5((i * 7)::text) from generate_series(1, 25000) i;
        """;

    private ABackup _backup = null!;

    [TearDown]
    public void Remove() => _backup.Dispose();

    [Test]
    public async Task A_dump_that_was_cut_but_exits_with_0_has_no_trailer()
    {
        _backup = await ABackup.OfAsync(Rows);
        using var programs = new FakePrograms("pg_dump", "\"$REAL/pg_dump\" \"$@\" | head -c 100000; exit 0");

        (await FailsAsync(programs.Programs)).ShouldContain("ended before its end, after 100000 bytes");
    }

    [Test]
    public async Task A_stream_whose_server_process_ends_fails()
    {
        _backup = await ABackup.OfAsync(Rows);
        var ended = 0;
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder))
        {
            OnWrite = _ =>
            {
                if (ended == 0)
                    ended = _backup
                        .Database.TerminateBackendsAsync($"slipway-backup-{ABackup.Id}-dump", default)
                        .Result;
                Thread.Sleep(20);
            },
        };
        await _backup.Database.ExecuteAsync(
            "insert into users (noise) select repeat(md5(i::text), 30) from generate_series(1, 60000) i",
            default
        );

        (await FailsAsync()).ShouldContain("pg_dump failed");
        ended.ShouldBe(1);
    }

    [TestCase("rm \"$f\"", "could not open", TestName = "a file of the dump is lost")]
    [TestCase("truncate -s -2000 \"$f\"", "", TestName = "a file of the dump is cut")]
    [TestCase(
        "printf x | dd of=\"$f\" bs=1 seek=20000 conv=notrunc status=none",
        "",
        TestName = "a byte is written wrong"
    )]
    public async Task A_disk_that_keeps_a_file_badly_is_found_out(string damage, string words)
    {
        _backup = await ABackup.OfAsync(Rows, BackupFormat.Directory);
        using var programs = new FakePrograms(
            "pg_dump",
            "\"$REAL/pg_dump\" \"$@\" || exit; for a in \"$@\"; do case \"$a\" in --file=*) "
                + $"f=$(ls -S \"${{a#--file=}}\"/*.dat.gz | head -1); {damage};; esac; done"
        );

        (await FailsAsync(programs.Programs)).ShouldContain(words);
    }

    private async Task<string> FailsAsync(PostgresPrograms? programs = null)
    {
        var request = _backup.Request();
        var failure = await Should.ThrowAsync<PipelineException>(() =>
            _backup.RunAsync(programs is null ? request : request with { Programs = programs })
        );
        _backup.Files().ShouldBeEmpty();
        ABackup.Spools().ShouldBeEmpty();
        (await SharedCluster.DatabasesAsync("slipway_proof_")).ShouldBeEmpty();
        return failure.Explain();
    }
}
