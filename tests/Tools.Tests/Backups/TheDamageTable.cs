using System.Text;
using Slipway.Backups;
using Slipway.Outcomes;
using Slipway.Tools.Tests.Sandbox;

namespace Slipway.Tools.Tests;

/// <summary>The table of docs/backup.md: in both formats the proof fails exactly where it must, and passes where it may.</summary>
public class TheDamageTable
{
    private const string Users = """
        create table users (id serial primary key, name text, noise text);
        insert into users (name, noise) select 'u' || i, md5(i::text) || md5((i * 7)::text) from generate_series(1, 5000) i;
        """;

    private const string Larger =
        "create table t as select md5(random()::text) || md5(random()::text) as noise from generate_series(1, 250000);";

    private static readonly Row[] Rows =
    [
        new("one flipped byte in the object", Users, "gives back other bytes", Reads(content => Flip(content))),
        new("the object cut off", Users, "gives back", Reads(content => content[..(content.Length / 2)])),
        new(
            "a part of the upload lost by the store",
            Larger,
            "gives back",
            (scene, _) => scene.Bucket(server => server.LosesPart = true)
        ),
        new("the dump killed", Users, "exit code 137", (scene, request) => scene.Killed(request)),
        new(
            "the store full",
            Users,
            "No space left",
            (scene, request) => scene.Writes(request, _ => throw new IOException("No space left on device"))
        ),
        new(
            "the store slow",
            Users,
            "did not take",
            (scene, request) =>
                scene.Writes(request, _ => scene.Stuck.Wait()) with
                {
                    StorePatience = TimeSpan.FromSeconds(1),
                }
        ),
        new(
            "the store answering 500",
            Users,
            "500",
            (scene, _) => scene.Bucket(server => server.Fault = request => request.HttpMethod == "PUT" ? 500 : null)
        ),
        new(
            "no space left for the scratch database",
            Users
                + "insert into users (noise) select repeat(md5(i::text), 200) from generate_series(1, 9000) i;"
                + "alter table users alter noise set storage external;",
            "could not extend file",
            (scene, request) => request with { ProofServer = scene.Full!.Url }
        )
        {
            NeedsFullDisk = true,
        },
        new(
            "one value that came back different",
            Users,
            "other content",
            (scene, request) => scene.AfterRestore(request, "update public.users set name = 'x' where id = 7")
        ),
        new(
            "a sequence that came back behind",
            Users,
            "does not prove itself",
            (scene, request) => scene.AfterRestore(request, "select setval('public.users_id_seq', 9)")
        ),
        new(
            "a table changed while it is dumped",
            Users,
            null,
            (scene, request) =>
                scene.Writes(
                    request,
                    written =>
                    {
                        if (written == 0)
                            scene.Backup.Database.ExecuteAsync("delete from users where id > 5", default).Wait();
                    }
                )
        ),
        new(
            "gaps in sequences",
            "create sequence s increment 7 cycle; select nextval('s'); select setval('s', 7000); create table t (id serial);"
                + "insert into t default values; select setval('t_id_seq', 1000000);",
            null
        ),
        new(
            "large objects",
            "select lo_from_bytea(0, decode(repeat('00ff', 100000), 'hex')), lo_from_bytea(0, '');",
            null
        ),
        new(
            "an extension",
            "create extension citext; create table t (email citext unique); insert into t values ('A@b');",
            null
        ),
        new("names in every script", Scripts, null),
        new("10,000 tables", "", null) { Tables = 10_000 },
    ];

    private const string Scripts = """"
        create table "用户 كتاب Ελ אב ไท 😀 ""q"" $(id) `x`;-- \ '" ("列 ""1""" text, "столбец" int);
        insert into "用户 كتاب Ελ אב ไท 😀 ""q"" $(id) `x`;-- \ '" values (E'日本\t\n\\\\. ', 1);
        create schema "Ünï"; create view "Ünï"."Ansicht" as select * from "用户 كتاب Ελ אב ไท 😀 ""q"" $(id) `x`;-- \ '";
        """";

    public static IEnumerable<TestCaseData> Cells() =>
        from row in Rows
        from format in Enum.GetValues<BackupFormat>()
        select new TestCaseData(row, format).SetArgDisplayNames(row.What, format.ToString());

    [TestCaseSource(nameof(Cells))]
    public async Task Is_how_it_ends(Row row, BackupFormat format)
    {
        await using var scene = await Scene.OfAsync(row, format);

        if (row.Words is null)
        {
            var proof = (await scene.RunAsync()).Proof!;
            proof.Passed.ShouldBeTrue();
            proof.Method.ShouldBe("restored and dumped again, SQL identical");
            if (row.Tables > 0)
                proof.TablesCompared.ShouldBe(row.Tables);
        }
        else
        {
            (await Should.ThrowAsync<PipelineException>(scene.RunAsync)).Explain().ShouldContain(row.Words);
            scene.Kept().ShouldBeEmpty();
        }
        ABackup.Spools().ShouldBeEmpty();
        (await SharedCluster.DatabasesAsync("slipway_proof_")).ShouldBeEmpty();
    }

    [Test]
    public void Is_the_one_of_the_documentation()
    {
        var table = new StringBuilder("| | the backup | it says |\n|---|---|---|\n");
        foreach (var row in Rows)
            table.Append(
                row.Words is null
                    ? $"| {row.What} | is proven | |\n"
                    : $"| {row.What} | is refused, nothing is left | … {row.Words} … |\n"
            );

        File.ReadAllText(Repository.At("docs", "backup.md")).ShouldContain(table.ToString());
    }

    private static Func<Scene, BackupRequest, BackupRequest> Reads(Func<byte[], byte[]> damage) =>
        (scene, request) => request with { Store = new FaultyStore(scene.Backup.Store) { OnRead = damage } };

    private static byte[] Flip(byte[] content)
    {
        content[content.Length / 2] ^= 1;
        return content;
    }

    /// <param name="Words">What the failure says; null where the backup has to be proven.</param>
    public sealed record Row(
        string What,
        string Sql,
        string? Words,
        Func<Scene, BackupRequest, BackupRequest>? Damage = null
    )
    {
        public int Tables { get; init; }

        public bool NeedsFullDisk { get; init; }
    }

    /// <summary>One backup with what its damage needs.</summary>
    public sealed class Scene : IAsyncDisposable
    {
        private readonly Row _row;
        private LocalS3? _server;
        private FakePrograms? _programs;

        private Scene(Row row, ABackup backup) => (_row, Backup) = (row, backup);

        internal ABackup Backup { get; }

        internal PrivateCluster? Full { get; private set; }

        public ManualResetEventSlim Stuck { get; } = new();

        internal static async Task<Scene> OfAsync(Row row, BackupFormat format)
        {
            var scene = new Scene(row, await ABackup.OfAsync(row.Sql, format));
            // In portions: one transaction would hold the lock of every table at once.
            for (var from = 1; from <= row.Tables; from += 500)
                await scene.Backup.Database.ExecuteAsync(
                    $"do $$ begin for i in {from}..{from + 499} loop execute format('create table t%s (id int)', i); execute format('insert into t%s values (%s)', i, i); end loop; end $$",
                    default
                );
            if (row.NeedsFullDisk)
            {
                // A limit on the size of a file is what a full disk is, to PostgreSQL: it ignores the signal and fails the write.
                scene._programs = new FakePrograms("pg_ctl", "ulimit -f 65536; exec \"$REAL/pg_ctl\" \"$@\"");
                scene.Full = await PrivateCluster.StartAsync(
                    SharedCluster.Runner,
                    scene._programs.Programs,
                    [],
                    default
                );
            }
            return scene;
        }

        public Task<BackupResult> RunAsync()
        {
            var request = Backup.Request();
            return Backup.RunAsync(_row.Damage?.Invoke(this, request) ?? request);
        }

        internal BackupRequest Bucket(Action<LocalS3> fault)
        {
            _server = new LocalS3();
            fault(_server);
            return Backup.Request() with { Store = new S3Store(_server.Options()) };
        }

        internal BackupRequest Writes(BackupRequest request, Action<long> onWrite) =>
            request with
            {
                Store = new FaultyStore(Backup.Store) { OnWrite = onWrite },
            };

        internal BackupRequest Killed(BackupRequest request)
        {
            _programs = new FakePrograms("pg_dump", "\"$REAL/pg_dump\" \"$@\" | head -c 100000; kill -9 $$");
            return request with { Programs = _programs.Programs };
        }

        internal BackupRequest AfterRestore(BackupRequest request, string sql)
        {
            _programs = FakePrograms.AfterRestore(request.Format, sql);
            return request with { Programs = _programs.Programs };
        }

        /// <summary>What is in the store.</summary>
        public IEnumerable<string> Kept() => [.. Backup.Files(), .. _server?.Keys ?? []];

        public async ValueTask DisposeAsync()
        {
            Stuck.Set();
            if (Full is not null)
                await Full.DisposeAsync();
            if (_server is not null)
                await _server.DisposeAsync();
            _programs?.Dispose();
            Stuck.Dispose();
            Backup.Dispose();
        }
    }
}
