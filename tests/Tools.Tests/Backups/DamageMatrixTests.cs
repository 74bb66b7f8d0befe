using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

/// <summary>Each damage on the way, and after each: no object that looks like a backup, no scratch database.</summary>
[TestFixture(BackupFormat.Sql)]
[TestFixture(BackupFormat.Directory)]
public class DamageMatrixTests(BackupFormat format)
{
    private const string Rows = """
        create table users (id serial primary key, name text, noise text);
        insert into users (name, noise) select 'u' || i, md5(i::text) || md5((i * 7)::text) from generate_series(1, 25000) i;
        create index by_name on users (name); create view names as select name from users;
        comment on table users is 'people'; create function one() returns int language sql as 'select 1';
        grant select on users to public;
        """;

    private ABackup _backup = null!;

    [SetUp]
    public async Task Make_a_database() => _backup = await ABackup.OfAsync(Rows, format);

    [TearDown]
    public void Remove() => _backup.Dispose();

    public static IEnumerable<TestCaseData> Damages()
    {
        yield return Row("one bit flipped in the middle", c => Flip(c, c.Length / 2), "other bytes");
        yield return Row("one bit flipped in the header's time", c => Flip(c, 5), "other bytes");
        yield return Row("the last byte lost", c => c[..^1], "gives back");
        yield return Row("everything lost but the first half", c => c[..(c.Length / 2)], "gives back");
        yield return Row("the last member lost, so that it is valid gzip", c => c[..LastMember(c)], "gives back");
        yield return Row("a part lost in the middle", c => [.. c[..10_000], .. c[20_000..]], "gives back");
        yield return Row("nothing left", _ => [], "gives back 0 bytes");
        yield return Row("bytes appended", c => [.. c, 0], "gives back");

        static TestCaseData Row(string name, Func<byte[], byte[]> damage, string words) =>
            new TestCaseData(damage, words).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Damages))]
    public async Task A_store_that_gives_back_something_else_fails_the_proof(Func<byte[], byte[]> damage, string words)
    {
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder)) { OnRead = damage };

        (await FailsAsync()).ShouldContain(words);
    }

    [Test]
    public async Task A_store_that_is_full_leaves_nothing()
    {
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder))
        {
            OnWrite = written =>
            {
                if (written > 500_000)
                    throw new IOException("No space left on device");
            },
        };

        (await FailsAsync()).ShouldContain("No space left");
    }

    [Test]
    public async Task A_store_that_refuses_at_the_end_leaves_nothing()
    {
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder))
        {
            OnCommit = () => throw new PipelineException("the store answered 500"),
        };

        (await FailsAsync()).ShouldContain("500");
    }

    [Test]
    public async Task A_dump_that_was_killed_fails()
    {
        using var programs = new FakePrograms(
            "pg_dump",
            format == BackupFormat.Sql
                ? "\"$REAL/pg_dump\" \"$@\" | head -c 100000; kill -9 $$"
                : "\"$REAL/pg_dump\" \"$@\"; kill -9 $$"
        );

        (await FailsAsync(programs.Programs)).ShouldContain("exit code 137");
    }

    [Test]
    public async Task A_dump_whose_server_process_ends_fails()
    {
        await using var other = await _backup.Database.OpenAsync(default);
        await using var transaction = await other.BeginTransactionAsync();
        await using (var locking = new Npgsql.NpgsqlCommand("lock table users in access exclusive mode", other))
            await locking.ExecuteNonQueryAsync();
        var failing = FailsAsync();
        var ended = 0;
        // It waits for the table: there is something to end, however fast the machine is.
        while (ended == 0 && !failing.IsCompleted)
        {
            ended = await _backup.Database.TerminateBackendsAsync($"slipway-backup-{ABackup.Id}-dump", default);
            await Task.Delay(20);
        }

        (await failing).ShouldContain("pg_dump failed");
        ended.ShouldBePositive();
    }

    [TestCase("select setval('public.users_id_seq', 99999)", TestName = "sequence")]
    [TestCase("update public.users set name = 'x' where id = 7", TestName = "one value")]
    [TestCase("delete from public.users where id = 7", TestName = "one row")]
    [TestCase("drop index public.by_name", TestName = "index")]
    [TestCase("drop view public.names", TestName = "view")]
    [TestCase("comment on table public.users is null", TestName = "comment")]
    [TestCase("revoke select on public.users from public", TestName = "grant")]
    [TestCase("create or replace function public.one() returns int language sql as 'select 2'", TestName = "function")]
    [TestCase("create table public.more ()", TestName = "table too many")]
    [TestCase("alter table public.users alter column name set not null", TestName = "constraint")]
    public async Task A_restore_that_is_not_the_same_fails_the_proof(string difference)
    {
        using var programs = FakePrograms.AfterRestore(format, difference);

        (await FailsAsync(programs.Programs)).ShouldContain("does not prove itself");
    }

    [Test]
    public async Task A_restore_that_stops_says_where()
    {
        using var programs =
            format == BackupFormat.Sql
                ? new FakePrograms(
                    "psql",
                    "head -c 200000 >/dev/null; echo 'psql:<stdin>:9: ERROR:  could not extend file' >&2; exit 3"
                )
                : new FakePrograms(
                    "pg_restore",
                    "case \"$*\" in *--dbname*) echo 'pg_restore: error: could not extend file' >&2; exit 1;; esac; exec \"$REAL/pg_restore\" \"$@\""
                );

        (await FailsAsync(programs.Programs)).ShouldContain("could not extend file");
    }

    // A limit on the size of a file is what a full disk is, to PostgreSQL: it ignores the signal and fails the write.
    [Test]
    public async Task A_scratch_database_that_runs_out_of_space_fails_the_proof()
    {
        using var programs = new FakePrograms("pg_ctl", "ulimit -f 65536; exec \"$REAL/pg_ctl\" \"$@\"");
        await using var full = await PrivateCluster.StartAsync(SharedCluster.Runner, programs.Programs, [], default);
        await _backup.Database.ExecuteAsync(
            "insert into users (noise) select repeat(md5(i::text), 200) from generate_series(1, 9000) i;"
                + "alter table users alter noise set storage external",
            default
        );

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            _backup.RunAsync(_backup.Request() with { ProofServer = full.Url })
        );

        failure.Explain().ShouldContain("could not extend file");
        _backup.Files().ShouldBeEmpty();
        (
            await SharedCluster.AskAsync<long>(
                new Postgres(full.Url),
                "select count(*) from pg_database where datname like 'slipway%'"
            )
        ).ShouldBe(0);
    }

    [Test]
    public async Task A_store_that_takes_nothing_any_more_is_given_up_and_named()
    {
        using var stuck = new ManualResetEventSlim();
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder))
        {
            OnWrite = written =>
            {
                if (written > 100_000)
                    stuck.Wait();
            },
        };

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            _backup.RunAsync(_backup.Request() with { StorePatience = TimeSpan.FromSeconds(1) })
        );
        stuck.Set();

        failure.Explain().ShouldContain("the store did not take");
        failure.Explain().ShouldContain("within 1 s");
        _backup.Files().ShouldBeEmpty();
    }

    [TestCase("select setval('public.users_id_seq', 9)", "users_id_seq stands at 9", TestName = "sequence, by content")]
    [TestCase("update public.users set name = 'x' where id = 7", "other content", TestName = "one value, by content")]
    [TestCase("delete from public.users where id = 7", "24999 rows", TestName = "one row, by content")]
    [TestCase("drop index public.by_name", "index public.by_name", TestName = "index, by content")]
    [TestCase("drop view public.names", "view public.names", TestName = "view, by content")]
    [TestCase("drop function public.one()", "function public.one()", TestName = "function, by content")]
    [TestCase("create table public.more ()", "public.more was not in the source", TestName = "table, by content")]
    [TestCase("alter table public.users alter name set not null", "not null", TestName = "not null, by content")]
    [TestCase("alter table public.users alter noise type varchar", "character varying", TestName = "type, by content")]
    public async Task Across_server_versions_structure_and_content_are_compared(string difference, string words)
    {
        using var programs = FakePrograms.AfterRestore(format, difference);

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            _backup.RunAsync(_backup.Request() with { Programs = programs.Programs, ProveByContent = true })
        );

        failure.Explain().ShouldContain(words);
    }

    [Test]
    public async Task Across_server_versions_what_only_reads_differently_passes()
    {
        // A comment stands for what another version words differently in its dump.
        using var programs = FakePrograms.AfterRestore(format, "comment on table public.users is 'folk'");

        var result = await _backup.RunAsync(
            _backup.Request() with
            {
                Programs = programs.Programs,
                ProveByContent = true,
            }
        );

        result.Proof!.Method.ShouldBe("restored, structure, rows, content and sequences identical");
        result.Proof.RestoredSqlSha256.ShouldNotBe(result.SqlSha256);
    }

    [Test]
    public async Task Cancelling_leaves_no_object_no_child_and_no_server_process()
    {
        using var cancel = new CancellationTokenSource();
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder)) { OnWrite = _ => cancel.Cancel() };

        await Should.ThrowAsync<OperationCanceledException>(() => _backup.RunAsync(null, cancel.Token));

        _backup.Files().ShouldBeEmpty();
        (
            await SharedCluster.AskAsync<long>(
                _backup.Database,
                $"select count(*) from pg_stat_activity where application_name like 'slipway-backup-{ABackup.Id}%' and state = 'active'"
            )
        ).ShouldBe(0);
    }

    [Test]
    public async Task Rows_that_change_during_the_dump_are_the_snapshots_rows()
    {
        var changed = false;
        _backup.Store = new FaultyStore(new FolderStore(_backup.Folder))
        {
            OnWrite = _ =>
            {
                if (changed)
                    return;
                changed = true;
                _backup
                    .Database.ExecuteAsync("delete from users where id > 5; insert into users (id) values (0)", default)
                    .Wait();
            },
        };

        var result = await _backup.RunAsync();

        changed.ShouldBeTrue();
        result.Proof!.Passed.ShouldBeTrue();
        result.Tables.Single().Rows.ShouldBe(25_000);
    }

    [Test]
    public async Task What_an_interrupted_run_left_is_replaced()
    {
        var left = Path.Combine(_backup.Folder, _backup.Object);
        var other = Path.Combine(
            _backup.Folder,
            BackupName.Of("sandbox", ABackup.Id, (BackupFormat)(1 - (int)format)).Object
        );
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        await File.WriteAllTextAsync(left, "half");
        await File.WriteAllTextAsync(other, "half, before the configuration said the other format");

        (await _backup.RunAsync()).CompressedBytes.ShouldBe(new FileInfo(left).Length);
        File.Exists(other).ShouldBeFalse();
    }

    [Test]
    public async Task What_a_killed_proof_left_in_the_server_is_dropped_by_the_next()
    {
        await new Postgres(await SharedCluster.UrlAsync()).ExecuteAsync(
            "create database slipway_proof_of_a_dead_run",
            default
        );

        await _backup.RunAsync();

        (await SharedCluster.DatabasesAsync("slipway_proof_")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_failure_does_not_say_the_password()
    {
        var request = _backup.Request() with { Database = _backup.Database.Url with { Password = new("s3cr3t-word") } };

        var failure = await Should.ThrowAsync<PipelineException>(() => _backup.RunAsync(request));

        failure.ToString().ShouldNotContain("s3cr3t-word");
    }

    private async Task<string> FailsAsync(PostgresPrograms? programs = null)
    {
        var request = _backup.Request();
        var failure = await Should.ThrowAsync<Exception>(() =>
            _backup.RunAsync(programs is null ? request : request with { Programs = programs })
        );
        failure.ShouldBeAssignableTo<PipelineException>(failure.ToString());
        _backup.Files().ShouldBeEmpty();
        ABackup.Spools().ShouldBeEmpty();
        (await SharedCluster.DatabasesAsync("slipway_proof_")).ShouldBeEmpty();
        return ((PipelineException)failure).Explain();
    }

    private static byte[] Flip(byte[] content, int at)
    {
        content[at] ^= 1;
        return content;
    }

    private static int LastMember(byte[] content)
    {
        for (var i = content.Length - 4; i > 0; i--)
        {
            if (content[i] == 0x1f && content[i + 1] == 0x8b && content[i + 2] == 8 && content[i + 3] == 0)
                return i;
        }
        throw new InvalidOperationException("there is one member only");
    }
}
