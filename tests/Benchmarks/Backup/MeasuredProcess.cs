using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Slipway.Backups;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Benchmarks.Backup;

/// <summary>The process of one measurement: runs it and prints what it used, as JSON.</summary>
internal sealed class MeasuredProcess(MeasuredRun run)
{
    private readonly PostgresUrl _url = PostgresUrl.Parse(new Secret(run.Url));
    private readonly Stopwatch _watch = new();
    private double _cpu;
    private double _serverCpu;

    public static async Task<int> RunAsync()
    {
        var run = MeasuredRun.Current;
        var process = new MeasuredProcess(run);
        var measured = run.Script is null ? await process.OursAsync() : await process.ScriptAsync(run.Script);
        Console.WriteLine(JsonSerializer.Serialize(measured));
        return 0;
    }

    private async Task<Measurement> ScriptAsync(string script)
    {
        Begin();
        var result = await Runner()
            .RunAsync(
                _url.Authenticate(Command.Of("bash", "-o", "pipefail", "-c", script))
                    .With("PATH", $"{run.Programs}:{Environment.GetEnvironmentVariable("PATH")}") with
                {
                    Timeout = TimeSpan.FromMinutes(20),
                }
            );
        var seconds = _watch.Elapsed.TotalSeconds;
        return new(run.Way, seconds, Usage.OwnCpu() - _cpu, ServerCpu(), 0, SizeOf(run.Target))
        {
            ProofMethod = result.Output.Length > 0 ? result.Output : null,
        };
    }

    private async Task<Measurement> OursAsync()
    {
        using var enough = new CancellationTokenSource();
        Measurement? dumped = null;
        // What stands in the store at the commit is the whole dump: hashes and counts are known, the proof has not begun.
        var store = new WatchedStore(
            new FolderStore(run.Target),
            () =>
            {
                dumped ??= new(
                    run.Way,
                    _watch.Elapsed.TotalSeconds,
                    Usage.OwnCpu() - _cpu,
                    ServerCpu(),
                    Usage.Peak("self"),
                    SizeOf(run.Target)
                );
                if (!run.Prove)
                    enough.Cancel();
            }
        );
        Begin();
        BackupResult? result = null;
        try
        {
            result = await new BackupPipeline(Runner(), TimeProvider.System).RunAsync(
                new BackupRequest
                {
                    Environment = "benchmark",
                    DeploymentId = $"deploy-20260101-000000-{Environment.ProcessId:x6}",
                    Database = _url,
                    Store = store,
                    Programs = new(run.Programs),
                    CompressionLevel = run.Level,
                    Format = run.Format,
                },
                progress: null,
                enough.Token
            );
        }
        catch (OperationCanceledException) when (dumped is not null)
        {
            // Only the dump was to be measured.
        }
        return dumped! with
        {
            OwnPeakBytes = Usage.Peak("self"),
            RestoreSeconds = result?.Proof?.RestoreSeconds,
            ProofSeconds = result?.Proof?.TotalSeconds,
            ProofMethod = result?.Proof?.Method,
        };
    }

    private void Begin()
    {
        _cpu = Usage.OwnCpu();
        _serverCpu = Usage.ServerCpu(run.Postmaster);
        _watch.Start();
    }

    private double ServerCpu() => Usage.ServerCpu(run.Postmaster) - _serverCpu;

    private static CommandRunner Runner() => new(new Redactor(), TimeProvider.System);

    private static long SizeOf(string path) =>
        Directory.Exists(path)
            ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : File.Exists(path) ? new FileInfo(path).Length
        : 0;

    private sealed class WatchedStore(IBackupStore inner, Action onCommitted) : IBackupStore
    {
        public Uri Locate(string name) => inner.Locate(name);

        public async Task<IBackupUpload> CreateAsync(
            string name,
            UploadOptions options,
            CancellationToken cancellation
        ) => new Upload(await inner.CreateAsync(name, options, cancellation), onCommitted);

        public Task<Stream> OpenReadAsync(string name, CancellationToken cancellation) =>
            inner.OpenReadAsync(name, cancellation);

        public Task<StoredObject?> FindAsync(string name, CancellationToken cancellation) =>
            inner.FindAsync(name, cancellation);

        public Task<ImmutableArray<StoredObject>> ListAsync(string prefix, CancellationToken cancellation) =>
            inner.ListAsync(prefix, cancellation);

        public Task DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);
    }

    private sealed class Upload(IBackupUpload inner, Action onCommitted) : IBackupUpload
    {
        public Stream Content => inner.Content;

        public async Task CommitAsync(CancellationToken cancellation)
        {
            await inner.CommitAsync(cancellation);
            onCommitted();
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
