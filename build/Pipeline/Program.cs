using Cake.Core.Diagnostics;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Runs;
using Slipway.Secrets;
using Slipway.Tools;
#if !CAKE_FROSTING_PACKAGE
using Slipway.Host;
#endif

namespace Slipway.Pipeline;

/// <summary>The composition root: what is wired to what, and nothing else.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        var redactor = new Redactor();
        // Before the command line is read: every child inherits these, and any may print them.
        foreach (var secret in SecretVariables.Find(EnvironmentVariables()))
            redactor.Register(secret);
        var host = new CakeHost()
            .ConfigureServices(services => Compose(services, redactor))
            .UseContext<DeploymentContext>()
            .UseLifetime<DeploymentLifetime>();
#if !CAKE_FROSTING_PACKAGE
        host.UseCommandName("./build.sh", "Slipway brings a release to an environment, safely")
            .UseArguments(
                Request.Arguments.Select(argument => new ArgumentDeclaration(argument.Name, argument.Description)
                {
                    Kind = argument.Form == ArgumentForm.Flag ? ArgumentKind.Flag : ArgumentKind.Value,
                    ValueName = argument.ValueName,
                    Choices = argument.Choices.IsDefault ? [] : argument.Choices,
                    Validate = argument.Validate,
                    Secret = argument.Secret,
                })
            )
            .UseSignals()
            .UseRedaction(redactor.Redact)
            .UseFailures(failure =>
                failure is PipelineException known ? new Failure((int)known.ExitCode, known.Explain()) : null
            )
            .UseExclusiveResource("compiler", "Test", "ValidateFormatting")
            .AllowSkippedTarget();
#endif
        return host.Run(args);
    }

    private static void Compose(IServiceCollection services, Redactor redactor)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(redactor);
        services.AddSingleton(_ => Origin.Read(System.Environment.GetEnvironmentVariable));
        services.AddSingleton(provider => Request.From(provider.GetRequiredService<Cake.Core.ICakeArguments>()));
        services.AddSingleton(provider => new Workbench(Root(), redactor, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Configured(
            new ProjectFiles(Root()),
            provider.GetRequiredService<Request>()
        ));
        services.AddSingleton(provider => new SiteFactory(
            provider.GetRequiredService<Configured>(),
            provider.GetRequiredService<Workbench>(),
            provider.GetRequiredService<Request>(),
            provider.GetRequiredService<Origin>(),
            System.Environment.GetEnvironmentVariable
        ));
        services.AddSingleton(provider => new Runs(
            new RunFolders(LogRoot(), new StageFormat(), redactor.Redact),
            provider.GetRequiredService<Request>(),
            provider.GetRequiredService<HostPorts>().MoveLogs
        ));
        services.AddSingleton(Ports);
    }

#if CAKE_FROSTING_PACKAGE
    private static HostPorts Ports(IServiceProvider provider) => HostPorts.Plain;
#else
    private static HostPorts Ports(IServiceProvider provider) =>
        new(
            () => provider.GetRequiredService<RunCancellation>().Token,
            provider.GetRequiredService<IRunLog>().MoveTo,
            provider.GetRequiredService<IWorkflowCommands>().Mask,
            provider.GetRequiredService<IRunResult>().Write
        )
        {
            Ask = provider.GetRequiredService<IRunPrompt>() is { CanAsk: true } prompt ? prompt.Ask : null,
            TerminalWidth =
                Console.IsOutputRedirected
                || System.Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb"
                || provider.GetRequiredService<Request>().Json
                    ? null
                    : Console.WindowWidth,
            Live = provider.GetRequiredService<IRunLive>() is { Width: { } width } live
                ? new(() => live.Width ?? width, live.Show)
                : null,
            AskHidden = provider.GetRequiredService<IRunPrompt>() is { CanAsk: true } hidden ? hidden.AskHidden : null,
        };
#endif

    private static IEnumerable<KeyValuePair<string, string>> EnvironmentVariables() =>
        System
            .Environment.GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? ""));

    /// <summary>The repository: build.sh says it; else the folder that the program is started in.</summary>
    private static string Root() =>
        System.Environment.GetEnvironmentVariable("SLIPWAY_ROOT") is { Length: > 0 } root
            ? root
            : System.Environment.CurrentDirectory;

    private static string LogRoot() =>
        Path.Combine(
            Root(),
            System.Environment.GetEnvironmentVariable("DEPLOYMENT_LOG_DIR") is { Length: > 0 } folder
                ? folder
                : "deployment-logs"
        );
}

/// <summary>Stage outputs as the domain writes them.</summary>
public sealed class StageFormat : IStageFormat
{
    public string Write(StageOutput output) => StageSerializer.Serialize(output);

    public T Read<T>(string text, string deploymentId)
        where T : StageOutput, IStageFile => StageSerializer.Deserialize<T>(text, deploymentId);
}
