using Slipway.Backups;

namespace Slipway.Tools.Tests;

[TestFixture(BackupFormat.Sql)]
[TestFixture(BackupFormat.Directory)]
public class ABackupOfADatabase(BackupFormat format)
{
    private const string Schema = """
        create extension citext;
        create type mood as enum ('sad', 'ok', 'it''s "happy"');
        create table users (id bigserial primary key, name text not null, email citext unique, mood mood default 'ok',
          at timestamptz not null default '2026-01-01 00:00+00', data jsonb, amount numeric(12,3), bytes bytea);
        insert into users (name, email, data, amount, bytes)
          select 'user ' || i, 'u' || i || '@example.org', jsonb_build_object('i', i), i / 7.0, decode(md5(i::text), 'hex')
          from generate_series(1, 2000) i;
        delete from users where id % 7 = 0; update users set name = upper(name) where id % 5 = 0;
        select setval('users_id_seq', 1000000);
        create table "wei""rd 名前 $(id) ; -- \ x" ("slipway_row" int, "select" text);
        insert into "wei""rd 名前 $(id) ; -- \ x" values (1, E'tab\t newline\n back\\slash \\. '), (2, null);
        create table events (at date, v int) partition by range (at);
        create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
        insert into events values ('2026-01-03', 1);
        create materialized view m as select count(*) from users; create view v as select * from users;
        create function f() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger t before insert on users for each row execute function f();
        create table nothing (); insert into nothing default values;
        alter table users enable row level security; create policy p on users using (true);
        grant select on users to public;
        select lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex'));
        create sequence gap start 5 increment 7 cycle; select nextval('gap');
        """;

    private ABackup _backup = null!;
    private BackupResult _result = null!;

    [OneTimeSetUp]
    public async Task Back_it_up()
    {
        _backup = await ABackup.OfAsync(Schema, format);
        _result = await _backup.RunAsync();
    }

    [OneTimeTearDown]
    public void Remove() => _backup.Dispose();

    [Test]
    public void Is_proven_byte_for_byte()
    {
        _result.Proof!.Passed.ShouldBeTrue();
        _result.Proof.RestoredSqlSha256.ShouldBe(_result.SqlSha256);
        _result.Proof.Method.ShouldBe("restored and dumped again, SQL identical");
        _result.Proof.RowsCompared.ShouldBe(_result.Tables.Sum(table => table.Rows));
    }

    [Test]
    public void Counts_every_table_and_the_large_objects()
    {
        var rows = _result.Tables.ToDictionary(table => table.Name, table => table.Rows);

        rows["public.users"].ShouldBe(1715);
        rows["public.nothing"].ShouldBe(1);
        rows["public.events_1"].ShouldBe(1);
        rows.ShouldNotContainKey("public.events");
        rows["public.\"wei\"\"rd 名前 $(id) ; -- \\ x\""].ShouldBe(2);
        rows["pg_catalog.pg_largeobject"].ShouldBe(1);
    }

    [Test]
    public void Stands_in_the_store_with_its_metadata() =>
        _backup
            .Files()
            .ShouldBe(new[] { $"sandbox/backup-{ABackup.Id}.json", _backup.Object }.Order(StringComparer.Ordinal));

    [Test]
    public async Task Is_read_by_the_usual_programs()
    {
        var path = new Uri(_result.Location!).LocalPath;
        using var reader = new DumpProcess(
            format == BackupFormat.Sql
                ? Command.Of("gunzip", "--stdout", path)
                : Command.Of(
                    "bash",
                    "-c",
                    """set -e; d=$(mktemp -d); tar -x -C "$d" < "$1"; "$2" --restrict-key="$3" -f - "$d"; rm -r "$d" """,
                    "read",
                    path,
                    SharedCluster.Programs.Path("pg_restore"),
                    BackupName.Of("sandbox", ABackup.Id).RestrictKey
                )
        );
        using var sql = new MemoryStream();
        await reader.Output.CopyToAsync(sql);
        await reader.WaitAsync(default);

        Convert
            .ToHexStringLower(System.Security.Cryptography.SHA256.HashData(sql.ToArray()))
            .ShouldBe(_result.SqlSha256);
        Convert
            .ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(path)))
            .ShouldBe(_result.ObjectSha256);
    }

    [Test]
    public async Task Leaves_no_scratch_database() =>
        (await SharedCluster.DatabasesAsync("slipway_proof_")).ShouldBeEmpty();

    [Test]
    public async Task Is_taken_as_it_is_by_the_next_run_of_the_same_deployment()
    {
        var again = await _backup.RunAsync();

        again.ObjectSha256.ShouldBe(_result.ObjectSha256);
        again.FinishedAt.ShouldBe(_result.FinishedAt);
    }

    [Test]
    public async Task Is_the_same_bytes_of_SQL_when_made_again_under_its_name()
    {
        using var other = new ABackup { Database = _backup.Database, Store = null! };
        other.Store = new FolderStore(other.Folder);

        // Whichever format it is made in.
        (await other.RunAsync()).SqlSha256.ShouldBe(_result.SqlSha256);
    }

    [Test]
    public async Task Says_what_it_is_made_of()
    {
        var metadata = await BackupCatalog.ReadMetadataAsync(
            _backup.Store,
            BackupName.Of("sandbox", ABackup.Id),
            default
        );

        metadata.Backup.Format.ShouldBe(format);
        metadata.SchemaVersion.ShouldBe(format == BackupFormat.Sql ? 1 : 2);
        if (format == BackupFormat.Sql)
            metadata.Files.ShouldBeEmpty();
        else
            metadata.Files.ShouldContain(file => file.Name == "toc.dat" && file.Sha256.Length == 64 && file.Bytes > 0);
    }

    [Test]
    public async Task Is_listed_once() =>
        (await new BackupCatalog(_backup.Store, TimeProvider.System).ListAsync("sandbox", default))
            .Single()
            .Backup.Format.ShouldBe(format);

    [Test]
    public void Leaves_no_file_of_the_dump_on_the_disk() => ABackup.Spools().ShouldBeEmpty();
}
