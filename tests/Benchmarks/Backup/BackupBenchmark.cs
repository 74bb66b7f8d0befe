using System.Globalization;
using Slipway.Backups;
using Slipway.Tools;

namespace Slipway.Benchmarks.Backup;

/// <summary>
/// Our backup beside the usual pipelines, on one database, in one run, interleaved: every round runs each way once, in
/// another order. Prints markdown; the exit code says whether the bars hold.
/// </summary>
internal sealed class BackupBenchmark(int megabytes, int rounds)
{
    private const string Gzip = "pg_dump \\| gzip";
    private const string Pigz = "pg_dump \\| pigz -p2";
    private const string Ours = "ours, level 6";
    private const string OursFast = "ours, level 3";
    private const string OursFiles = "ours, directory";
    private const string OursQuarter = "ours, a quarter";
    private const string PlainRestore = "gunzip \\| psql";
    private const long MemoryBar = 150_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-benchmark-").FullName;
    private readonly string _programs = Environment.GetEnvironmentVariable("PG_BIN") ?? NewestPrograms();
    private readonly Dictionary<string, List<Measurement>> _measured = [];
    private int _postmaster;
    private int _fresh;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var megabytes = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1000;
        var rounds = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3;
        var benchmark = new BackupBenchmark(megabytes, rounds);
        try
        {
            return await benchmark.RunAsync() ? 0 : 1;
        }
        finally
        {
            Directory.Delete(benchmark._folder, recursive: true);
        }
    }

    private async Task<bool> RunAsync()
    {
        await using var cluster = await PrivateCluster.StartAsync(
            new CommandRunner(new Redactor(), TimeProvider.System),
            new PostgresPrograms(_programs),
            ["shared_buffers = 256MB", "max_wal_size = 8GB", "max_locks_per_transaction = 512"],
            CancellationToken.None
        );
        var server = new Postgres(cluster.Url);
        await using (var connection = await server.OpenAsync(CancellationToken.None))
        {
            await using var command = new Npgsql.NpgsqlCommand("select pg_read_file('postmaster.pid')", connection);
            var file = (string)(await command.ExecuteScalarAsync())!;
            _postmaster = int.Parse(file.Split('\n')[0], CultureInfo.InvariantCulture);
        }
        var quarter = await SampleDatabase.CreateAsync(server, "quarter", Math.Max(1, megabytes / 4));
        var app = await SampleDatabase.CreateAsync(server, "app", megabytes);
        var size = (await new Postgres(app).InspectAsync(CancellationToken.None)).SizeBytes;
        Console.WriteLine(
            $"{size / 1e6:0} MB on disk, {rounds} rounds, {Environment.ProcessorCount} cores, {(await server.InspectAsync(CancellationToken.None)).Version}"
        );
        Console.WriteLine();

        var ways = Ways(app);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
                await MeasureAsync(ways[(i + round) % ways.Length]);
            await MeasureAsync(Quarter(quarter));
            await RestoreAsync(server, app);
        }
        var holds = PrintTable(ways.Select(way => way.Way));
        holds &= PrintMemory();
        holds &= await PrintManyTablesAsync(server);
        return holds;
    }

    private MeasuredRun[] Ways(PostgresUrl url)
    {
        MeasuredRun Shell(string way, string script, string target) =>
            new(way, script, url.ToSecretUrl().Reveal(), _programs, Path.Combine(_folder, target), _postmaster);
        MeasuredRun Own(string way, int level, bool prove, BackupFormat format = BackupFormat.Sql) =>
            new(way, null, url.ToSecretUrl().Reveal(), _programs, Store(way), _postmaster, level, prove, format);

        return
        [
            Own(Ours, 6, prove: true),
            Shell(Gzip, $"pg_dump | gzip > {_folder}/gzip", "gzip"),
            Shell("pg_dump \\| gzip -1", $"pg_dump | gzip -1 > {_folder}/gzip1", "gzip1"),
            Shell(Pigz, $"pg_dump | pigz -p2 > {_folder}/pigz", "pigz"),
            Own(OursFast, 3, prove: false),
            Own(OursFiles, 6, prove: true, BackupFormat.Directory),
            Shell("pg_dump -Fc", $"pg_dump -Fc -f {_folder}/custom", "custom"),
            Shell("pg_dump -Fd -j2", $"rm -rf {_folder}/folder; pg_dump -Fd -j2 -f {_folder}/folder", "folder"),
        ];
    }

    private string Store(string way) => Path.Combine(_folder, "store " + way);

    private async Task<Measurement> MeasureAsync(MeasuredRun run)
    {
        if (run.Script is null && Directory.Exists(run.Target))
            Directory.Delete(run.Target, recursive: true);
        var measured = await Measurement.OfAsync(run);
        if (!_measured.TryGetValue(run.Way, out var list))
            _measured[run.Way] = list = [];
        list.Add(measured);
        await Console.Error.WriteLineAsync(
            $"{run.Way}: {measured.Seconds:0.0} s, {measured.Bytes / 1e6:0} MB, {measured.OwnPeakBytes / 1e6:0} MB memory, "
                + $"proof {measured.ProofSeconds:0.0} s ({measured.ProofMethod})"
        );
        return measured;
    }

    // What everybody does when it burns: the yardstick of the proof.
    private async Task RestoreAsync(Postgres server, PostgresUrl app)
    {
        var target = await SampleDatabase.EmptyAsync(server, $"restored_{++_fresh}");
        await MeasureAsync(
            new(
                PlainRestore,
                $"gunzip < {_folder}/gzip | psql -X -q -v ON_ERROR_STOP=1 > /dev/null",
                target.Url.ToSecretUrl().Reveal(),
                _programs,
                "",
                _postmaster
            )
        );
        await target.DropAsync(CancellationToken.None);
        _ = app;
    }

    private bool PrintTable(IEnumerable<string> ways)
    {
        var baseline = Median(Gzip, m => m.Seconds);
        Console.WriteLine(
            "| median of the rounds | seconds | beside `pg_dump \\| gzip` | CPU s, programs + server | peak memory MB | size MB |"
        );
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var way in ways)
        {
            Console.WriteLine(
                $"| {way} | {Median(way, m => m.Seconds):0.0} | {baseline / Median(way, m => m.Seconds):0.00} × as fast | "
                    + $"{Median(way, m => m.ClientCpu):0.0} + {Median(way, m => m.ServerCpu):0.0} | "
                    + $"{Median(way, m => m.OwnPeakBytes + m.ChildrenPeakBytes) / 1e6:0} | {Median(way, m => m.Bytes) / 1e6:0} |"
            );
        }
        var proof = Median(Ours, m => m.ProofSeconds ?? 0);
        var restore = Median(PlainRestore, m => m.Seconds);
        Console.WriteLine();
        Console.WriteLine(
            $"The proof: {proof:0.0} s, of which {Median(Ours, m => m.RestoreSeconds ?? 0):0.0} s restore; "
                + $"a plain `{PlainRestore.Replace("\\", "")}` takes {restore:0.0} s ({proof / restore:0.00} ×). "
                + $"In the directory format: {Median(OursFiles, m => m.ProofSeconds ?? 0):0.0} s, of which "
                + $"{Median(OursFiles, m => m.RestoreSeconds ?? 0):0.0} s restore."
        );
        Console.WriteLine();
        return Bar($"level 6 is at least twice as fast as pg_dump | gzip", baseline / Median(Ours, m => m.Seconds) >= 2)
            & Bar("level 6 is not larger", Median(Ours, m => m.Bytes) <= Median(Gzip, m => m.Bytes))
            & Bar("level 6 is ahead of pg_dump | pigz -p2", Median(Ours, m => m.Seconds) < Median(Pigz, m => m.Seconds))
            & Bar(
                "every backup proved itself",
                _measured[Ours].Concat(_measured[OursFiles]).All(m => m.ProofMethod is not null)
            );
    }

    private MeasuredRun Quarter(PostgresUrl quarter) =>
        new(
            OursQuarter,
            null,
            quarter.ToSecretUrl().Reveal(),
            _programs,
            Store("quarter"),
            _postmaster,
            6,
            Prove: true
        );

    private bool PrintMemory()
    {
        var (quarter, whole) = (Median(OursQuarter, m => m.OwnPeakBytes), Median(Ours, m => m.OwnPeakBytes));
        Console.WriteLine(
            $"Memory of our process, backup and proof, median: {quarter / 1e6:0} MB at {megabytes / 4} MB ({Each(OursQuarter)}), "
                + $"{whole / 1e6:0} MB at {megabytes} MB ({Each(Ours)})."
        );
        return Bar("under 150 MB in every round", _measured[Ours].Max(m => m.OwnPeakBytes) < MemoryBar)
            & Bar("a database four times the size takes at most a tenth more", whole < quarter * 1.1);

        string Each(string way) => string.Join(", ", _measured[way].Select(m => $"{m.OwnPeakBytes / 1e6:0}"));
    }

    private async Task<bool> PrintManyTablesAsync(Postgres server)
    {
        var tables = await SampleDatabase.CreateTablesAsync(server, "tables", 10_000);
        var many = await MeasureAsync(
            new(
                "ours, 10,000 tables",
                null,
                tables.ToSecretUrl().Reveal(),
                _programs,
                Store("tables"),
                _postmaster,
                6,
                true
            )
        );
        Console.WriteLine(
            $"10,000 tables: {many.Seconds:0.0} s, the proof {many.ProofSeconds:0.0} s ({many.ProofMethod}), {many.OwnPeakBytes / 1e6:0} MB."
        );
        return Bar("10,000 tables under 150 MB", many.OwnPeakBytes < MemoryBar && many.ProofMethod is not null);
    }

    private double Median(string way, Func<Measurement, double> value)
    {
        var values = _measured[way].Select(value).Order().ToArray();
        return values.Length % 2 == 1
            ? values[values.Length / 2]
            : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }

    private static bool Bar(string name, bool holds)
    {
        Console.WriteLine($"- {name}: {(holds ? "holds" : "MISSED")}");
        return holds;
    }

    private static string NewestPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0)
                .Select(folder => Path.Combine(folder, "bin"))
                .First()
            : throw new InvalidOperationException("PG_BIN must name the folder of initdb, pg_ctl and pg_dump");
}
