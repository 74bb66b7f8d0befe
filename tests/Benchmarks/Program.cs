using Slipway.Benchmarks.Canary;

// One argument names the benchmark, the rest are its own.
switch (args.FirstOrDefault())
{
    case "canary":
        return CanaryBenchmark.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Benchmarks -- canary [runs per cell]");
        return 2;
}
