using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Backups;

namespace Slipway.Benchmarks.Backup;

/// <summary>One way to do it, once. Each runs in a process of its own, so that its memory is its own.</summary>
/// <param name="ClientCpu">Seconds of every program but the server.</param>
/// <param name="ServerCpu">Seconds of the server.</param>
/// <param name="OwnPeakBytes">Peak memory of our process, proof included; 0 where it only waits for others.</param>
/// <param name="Bytes">Of what was made.</param>
internal sealed record Measurement(
    string Way,
    double Seconds,
    double ClientCpu,
    double ServerCpu,
    long OwnPeakBytes,
    long Bytes
)
{
    /// <summary>Peak memory of the programs that were started (pg_dump, gzip, psql), together.</summary>
    public long ChildrenPeakBytes { get; init; }

    /// <summary>Of the restore inside the proof; null where nothing is proven.</summary>
    public double? RestoreSeconds { get; init; }

    /// <summary>Of the whole proof: read back, restored, dumped again, counted, compared.</summary>
    public double? ProofSeconds { get; init; }

    public string? ProofMethod { get; init; }

    public static async Task<Measurement> OfAsync(MeasuredRun run)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { [MeasuredRun.Variable] = JsonSerializer.Serialize(run) },
        };
        // "dotnet Slipway.Benchmarks.dll" and the program by itself both start this again.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(Measurement).Assembly.Location);
        start.ArgumentList.Add("backup-once");
        using var process = Process.Start(start)!;
        await using var memory = new MemoryWatch(process.Id);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Measurement>(output)! with
            {
                ChildrenPeakBytes = memory.Bytes,
            }
            : throw new InvalidOperationException($"{run.Way} ended with {process.ExitCode}: {output}");
    }
}

/// <summary>What the process of one measurement is told. It travels in a variable: it holds the private server's password.</summary>
/// <param name="Script">For a shell, or null for ours.</param>
/// <param name="Target">File or folder that the script makes, or ours uses as its store.</param>
internal sealed record MeasuredRun(
    string Way,
    string? Script,
    string Url,
    string Programs,
    string Target,
    int Postmaster,
    int Level = 6,
    bool Prove = false,
    BackupFormat Format = BackupFormat.Sql
)
{
    public const string Variable = "SLIPWAY_BENCHMARK_RUN";

    [JsonIgnore]
    public static MeasuredRun Current =>
        JsonSerializer.Deserialize<MeasuredRun>(Environment.GetEnvironmentVariable(Variable) ?? "null")
        ?? throw new InvalidOperationException($"{Variable} says nothing: this is started by 'backup' only");
}
