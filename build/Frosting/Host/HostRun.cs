using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.Packaging;
using Cake.Core.Tooling;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.Host;

/// <summary>One run: context, setup, tasks, teardown, summary, exit code.</summary>
internal sealed class HostRun(
    HostOptions options,
    IServiceCollection program,
    TaskCatalog catalog,
    RunRequest request,
    ImmutableArray<ArgumentDeclaration> arguments,
    Func<string, string> redact
)
{
    private readonly Surroundings _surroundings = options.Surroundings;
    private readonly FailureReader _failures = new(options.Failures);
    private readonly List<string> _besideTasks = [];
    private RunConsole _console = null!;
    private StepApart _apart = null!;

    public int Execute()
    {
        var plan = RunPlan.Make(catalog, request.Targets, request.Exclusive, request.Skip);
        _console = new RunConsole(
            _surroundings,
            request.Verbosity,
            _surroundings.Colours && !request.CommandLine.Has("no-color"),
            request.Json,
            redact
        );
        using var cancellation = new RunCancellation(options.Graceful, options.Forced);
        _apart = new StepApart(_console, cancellation, options.ForcedWait);
        using var signals = options.Signals ? new Signals(cancellation.Cancel, cancellation.Force) : null;
        using var log = RunLog.At(
            options.LogDirectory?.Invoke(),
            _surroundings.Time,
            message => _console.Host(message, OutputKind.Warning, Verbosity.Minimal)
        );
        var outside = new TaskOutput("", _console, new NoLog(), isTask: false);
        using var routing = new ConsoleRouting(outside);
        var progress = new RunProgress();
        var container = HostServices.Build(
            program,
            catalog.Tasks,
            [
                Instance<ICakeArguments>(Arguments()),
                Instance<ICakeLog>(new HostLog(_console, outside)),
                Instance<IConsole>(new HostConsole(_console, outside)),
                Instance<IRunResult>(_console),
                Instance(_console.Commands),
                Instance<IRunPrompt>(_console),
                Instance<IRunLive>(_console),
                Instance<IRunLog>(log),
                Instance<IRunProgress>(progress),
                Instance(cancellation),
            ]
        );
        int code;
        try
        {
            code = RunIn(container, plan, cancellation, log, progress);
        }
        finally
        {
            // A service that can only be disposed asynchronously makes the other way throw.
            container.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        outside.Flush();
        return new RunClosing(_console, log, request.Json).Close(progress.Now with { ExitCode = code }, _besideTasks);
    }

    private int RunIn(
        ServiceProvider container,
        RunPlan plan,
        RunCancellation cancellation,
        RunLog log,
        RunProgress progress
    )
    {
        IFrostingContext context;
        try
        {
            GoToWorkingDirectory(container);
            context = container.GetRequiredService<IFrostingContext>();
            InstallTools(container);
        }
        catch (Exception e)
        {
            return Beside("The run did not start", e, cancellation);
        }

        Exception? failure = null;
        var code = 0;
        try
        {
            if (Setup(container, context, plan) is { } noSetup)
            {
                failure = noSetup;
                code = Beside("The setup failed, no task ran", noSetup, cancellation);
                return code;
            }

            var ending = RunTasks(container, context, plan, cancellation, log, progress);
            code = ending.ExitCode(_failures);
            failure = ending.Failures.IsEmpty
                ? ending.Cancelled
                    ? new OperationCanceledException("The run was cancelled.", cancellation.Token)
                    : null
                : ending.Failures[0].Exception;
        }
        finally
        {
            if (Teardown(container, context, failure) is { } noTeardown)
            {
                var own = Beside("The teardown failed", noTeardown, cancellation);
                code = code == 0 ? own : code;
            }
        }

        return code;
    }

    private RunEnding RunTasks(
        ServiceProvider container,
        IFrostingContext context,
        RunPlan plan,
        RunCancellation cancellation,
        RunLog log,
        RunProgress progress
    )
    {
        var usually = options.Durations?.Invoke() ?? ImmutableDictionary<string, double>.Empty;
        var reporter = new RunReporter(plan, _console, log, progress, _failures, usually, _surroundings)
        {
            Directory = new WorkingDirectoryGuard(),
        };
        var scheduler = new Scheduler(
            plan,
            new TaskWork(container, context, options.TargetMaySkip),
            reporter,
            cancellation,
            new SchedulerSettings(
                request.Parallel,
                request.Policy,
                usually,
                options.ExclusiveResources,
                _console.HasStatusLine ? TimeSpan.FromMilliseconds(500) : Shorter(_surroundings.ProgressEvery),
                options.ForcedWait
            )
        );
        var ending = scheduler.Run();
        foreach (var failure in ending.Failures)
        {
            _console.Again(reporter.OutputOf(failure.Task));
        }

        return ending;
    }

    /// <summary>Looked at more often than said, so that a forced end and a late line are not late by a whole interval.</summary>
    private static TimeSpan Shorter(TimeSpan every) =>
        every / 10 < TimeSpan.FromSeconds(1) ? every / 10 : TimeSpan.FromSeconds(1);

    private CakeArgumentsOfRun Arguments() =>
        new(
            request
                .CommandLine.Values.SetItem("target", request.Targets)
                .WithComparers(StringComparer.OrdinalIgnoreCase),
            arguments
                .Where(argument => argument.Default is not null)
                .ToImmutableDictionary(
                    argument => argument.Name,
                    argument => argument.Default!,
                    StringComparer.OrdinalIgnoreCase
                )
        );

    private void GoToWorkingDirectory(IServiceProvider container)
    {
        if (request.CommandLine.Value("working") is null && container.GetService<StartDirectory>() is null)
        {
            return;
        }

        var environment = container.GetRequiredService<ICakeEnvironment>();
        var directory = request.CommandLine.Value("working") is { } typed
            ? new Cake.Core.IO.DirectoryPath(typed)
            : container.GetRequiredService<StartDirectory>().Path;
        directory = directory.MakeAbsolute(environment);
        if (!Directory.Exists(directory.FullPath))
        {
            throw new CakeException(
                RunRequest.UsageExitCode,
                $"The working directory '{directory.FullPath}' does not exist."
            );
        }

        environment.WorkingDirectory = directory;
    }

    private static void InstallTools(IServiceProvider container)
    {
        foreach (var tool in container.GetServices<PackageReference>())
        {
            container.GetRequiredService<IToolInstaller>().Install(tool);
        }
    }

    private Exception? Setup(IServiceProvider container, IFrostingContext context, RunPlan plan) =>
        container.GetService<IFrostingSetup>() is { } setup
            ? _apart.Run(
                "Setup",
                () =>
                    setup.Setup(
                        context,
                        new SetupContext(context, catalog[plan.Targets[0]], plan.Tasks.Select(task => task.Task))
                    )
            )
            : null;

    /// <summary>Also after a cancellation.</summary>
    private Exception? Teardown(IServiceProvider container, IFrostingContext context, Exception? failure) =>
        container.GetService<IFrostingTeardown>() is { } teardown
            ? _apart.Run("Teardown", () => teardown.Teardown(context, new TeardownContext(context, failure)))
            : null;

    private int Beside(string what, Exception exception, RunCancellation cancellation)
    {
        var cause = FailureReader.Unwrap(exception);
        if (cancellation.Asked.IsCancellationRequested && cause is OperationCanceledException or TimeoutException)
        {
            _besideTasks.Add($"{what}: {(cause is TimeoutException ? cause.Message : "cancelled")}");
            return RunEnding.CancelledExitCode;
        }

        var failure = _failures.Read(exception);
        _besideTasks.Add($"{what}: {failure.Message}");
        if (_console.Verbosity >= Verbosity.Diagnostic)
        {
            _console.Host(exception.ToString(), OutputKind.Quiet);
        }

        return failure.ExitCode;
    }

    private static ServiceDescriptor Instance<T>(T instance)
        where T : class => ServiceDescriptor.Singleton(instance);
}
