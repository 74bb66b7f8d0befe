using Slipway.Benchmarks.Backup;
using Slipway.Benchmarks.Canary;
using Slipway.Benchmarks.Rollouts;

// One argument names the benchmark, the rest are its own.
switch (args.FirstOrDefault())
{
    case "canary":
        return CanaryBenchmark.Run(args[1..]);
    case "rollout":
        return RolloutBenchmark.Run(args[1..]);
    case "rollout-sandbox":
        return await SandboxBenchmark.RunAsync(args[1..]);
    case "zero-loss":
        return await ZeroLossBenchmark.RunAsync(args[1..]);
    case "busy":
        return await BusyMachineBenchmark.RunAsync(args[1..]);
    case "backup":
        return await BackupBenchmark.RunAsync(args[1..]);
    case "backup-once":
        return await MeasuredProcess.RunAsync();
    default:
        Console.Error.WriteLine(
            """
            usage: dotnet run -c Release --project tests/Benchmarks -- <benchmark>
              canary [runs per cell]                     the table of docs/canary.md
              rollout [runs per cell]                    our judge beside threshold rules, simulated
              rollout-sandbox [aborts] [recordings]      the same in the real sandbox
              zero-loss [runs]                           requests lost by deployments and hot rollbacks in the sandbox
              busy [runs] [threads]                      good releases on a machine that has no time for them
              backup [megabytes [rounds]]                our backup beside the usual pipelines
            """
        );
        return 2;
}
