using Slipway.Benchmarks.Backup;
using Slipway.Benchmarks.Canary;

// One argument names the benchmark, the rest are its own.
switch (args.FirstOrDefault())
{
    case "canary":
        return CanaryBenchmark.Run(args[1..]);
    case "backup":
        return await BackupBenchmark.RunAsync(args[1..]);
    case "backup-once":
        return await MeasuredProcess.RunAsync();
    default:
        Console.Error.WriteLine(
            """
            usage: dotnet run -c Release --project tests/Benchmarks -- canary [runs per cell]
                   dotnet run -c Release --project tests/Benchmarks -- backup [megabytes [rounds]]
            """
        );
        return 2;
}
