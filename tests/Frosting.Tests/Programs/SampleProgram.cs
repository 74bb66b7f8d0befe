using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Programs;

/// <summary>A build program as a user writes one; tests start it as a process of its own.</summary>
public static class SampleProgram
{
    public static int Main(string[] args)
    {
        var code = Compose().Run(args);
        if (Environment.GetEnvironmentVariable("SAMPLE_SHOWS_ASSEMBLIES") is not null)
        {
            foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            {
                Console.Error.WriteLine(assembly.GetName().Name);
            }
        }

        return code;
    }

    private static CakeHost Compose() =>
        new CakeHost()
            .UseContext<SampleContext>()
            .UseLifetime<SampleLifetime>()
            .UseCommandName("./sample.sh", "A sample")
            .UseArguments([
                new("environment", "where to") { ValueName = "name" },
                new("version", "what to release") { ValueName = "tag" },
                new("token", "who asks") { Secret = true },
                new("force", "go on anyway") { Kind = ArgumentKind.Flag },
            ])
            .UseSignals()
            .UseCancellation(
                CancellationToken.None,
                CancellationToken.None,
                forcedWait: TimeSpan.FromMilliseconds(300)
            );
}

public sealed class SampleContext(ICakeContext context, RunCancellation cancellation) : FrostingContext(context)
{
    public CancellationToken Cancellation { get; } = cancellation.Token;
}

public sealed class SampleLifetime : FrostingLifetime<SampleContext>
{
    public override void Setup(SampleContext context, ISetupContext info) => context.Log.Information("sample setup");

    public override void Teardown(SampleContext context, ITeardownContext info) =>
        context.Log.Information($"sample teardown successful={info.Successful} {info.ThrownException?.GetType().Name}");
}

[TaskDescription("says hello")]
public sealed class Hello : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) =>
        context.Log.Information($"hello {string.Join(',', context.Arguments.GetArguments("environment"))}");
}

[TaskDescription("waits until it is told to stop, and stops in order")]
public sealed class Waiting : AsyncFrostingTask<SampleContext>
{
    public override async Task RunAsync(SampleContext context)
    {
        await Console.Out.WriteLineAsync("waiting begins");
        try
        {
            await Task.Delay(Timeout.Infinite, context.Cancellation);
        }
        finally
        {
            context.Log.Information("left in order");
        }
    }
}

[TaskDescription("does not listen to anybody")]
public sealed class Deaf : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context)
    {
        Console.WriteLine("deaf begins");
        Thread.Sleep(Timeout.Infinite);
    }
}

[TaskDescription("comes after the deaf one")]
[IsDependentOn(typeof(Deaf))]
public sealed class AfterDeaf : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => Console.WriteLine("must not run");
}

[TaskDescription("fails with an exit code of its own")]
public sealed class Failing : FrostingTask<SampleContext>
{
    public override void Run(SampleContext context) => throw new CakeException(11, "held: ask a person");
}
