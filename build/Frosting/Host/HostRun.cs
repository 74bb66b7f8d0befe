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
        using var signals = options.Signals ? new Signals(cancellation.Cancel, cancellation.Force) : null;
        using var log = RunLog.At(
            options.LogDirectory?.Invoke(),
            _surroundings.Time,
            message => _console.Host(message, OutputKind.Warning, Verbosity.Minimal)
        );
        var outside = new TaskOutput("", _console, new NoLog(), isTask: false);
        using var routing = new ConsoleRouting(outside);
        var progress = new RunProgress();
        using var container = HostServices.Build(
            program,
            catalog.Tasks,
            [
                Instance<ICakeArguments>(Arguments()),
                Instance<ICakeLog>(new HostLog(_console, outside)),
                Instance<IConsole>(new HostConsole(_console, outside)),
                Instance<IRunResult>(_console),
                Instance<IWorkflowCommands>(_console),
                Instance<IRunLog>(log),
                Instance<IRunProgress>(progress),
                Instance(cancellation),
            ]
        );
        var code = RunIn(container, plan, cancellation, log, progress);
        outside.Flush();
        return Close(code, progress.Now with { ExitCode = code }, log);
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
            return Beside("The run did not start", e);
        }

        Exception? failure = null;
        var code = 0;
        try
        {
            if (Setup(container, context, plan) is { } noSetup)
            {
                failure = noSetup;
                code = Beside("The setup failed, no task ran", noSetup);
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
            if (Teardown(container, context, failure, cancellation) is { } noTeardown)
            {
                var own = Beside("The teardown failed", noTeardown);
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
            ? Apart(
                "Setup",
                () =>
                    setup.Setup(
                        context,
                        new SetupContext(context, catalog[plan.Targets[0]], plan.Tasks.Select(task => task.Task))
                    )
            )
            : null;

    /// <summary>Runs also after a cancellation; after a forced one only so long as the host waits for anything.</summary>
    private Exception? Teardown(
        IServiceProvider container,
        IFrostingContext context,
        Exception? failure,
        RunCancellation cancellation
    )
    {
        if (container.GetService<IFrostingTeardown>() is not { } teardown)
        {
            return null;
        }

        Exception? thrown = null;
        var thread = new Thread(() =>
            thrown = Apart("Teardown", () => teardown.Teardown(context, new TeardownContext(context, failure)))
        )
        {
            Name = "Teardown",
            IsBackground = true,
        };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(100)))
        {
            if (cancellation.Forced.IsCancellationRequested)
            {
                return thread.Join(options.ForcedWait)
                    ? thrown
                    : new TimeoutException(
                        $"The teardown did not end within {Durations.Rough(options.ForcedWait.TotalSeconds)} of a forced cancellation."
                    );
            }
        }

        return thrown;
    }

    /// <summary>Runs the program's code outside tasks: what it throws is reported, not lost.</summary>
    private Exception? Apart(string name, Action step)
    {
        var before = TaskOutput.Current;
        var output = new TaskOutput(name, _console, new NoLog(), isTask: false);
        TaskOutput.Enter(output);
        try
        {
            step();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            output.Flush();
            TaskOutput.Enter(before);
        }
    }

    private int Beside(string what, Exception exception)
    {
        var failure = _failures.Read(exception);
        _besideTasks.Add($"{what}: {failure.Message}");
        if (_console.Verbosity >= Verbosity.Diagnostic)
        {
            _console.Host(exception.ToString(), OutputKind.Quiet);
        }

        return failure.ExitCode;
    }

    private int Close(int code, RunTimeline timeline, RunLog log)
    {
        if (timeline.Tasks.Length > 0)
        {
            log.WriteTimeline(timeline.ToJson());
        }

        foreach (var (text, kind) in SummaryText.Of(timeline))
        {
            _console.Host(text, kind);
        }

        var bad = timeline
            .Tasks.Where(task => task.Status is TaskOutcome.Failed or TaskOutcome.FailedContinued)
            .ToArray();
        foreach (var task in bad)
        {
            var what = task.Status == TaskOutcome.Failed ? "failed" : "failed, the run went on";
            _console.Host($"\n{task.Task} {what}: {task.Reason}", OutputKind.Error, Verbosity.Quiet);
            _console.Host(
                $"  log: {Path.Combine(log.Directory, RunLog.FileName(task.Task))}",
                OutputKind.Quiet,
                Verbosity.Quiet
            );
            if (task.Status == TaskOutcome.Failed)
            {
                _console.Error($"{task.Task} failed", task.Reason ?? "");
            }
            else
            {
                _console.Warning($"{task.Task} failed, the run went on", task.Reason ?? "");
            }
        }

        foreach (var problem in _besideTasks)
        {
            _console.Host(problem, OutputKind.Error, Verbosity.Quiet);
            _console.Error("The run failed", problem);
        }

        if (code == RunEnding.CancelledExitCode)
        {
            _console.Host("The run was cancelled.", OutputKind.Warning, Verbosity.Quiet);
        }

        if (request.Json && !_console.ResultWritten)
        {
            _console.Write(timeline.ToJson());
        }

        log.Finish(keep: bad.Length > 0);
        return code;
    }

    private static ServiceDescriptor Instance<T>(T instance)
        where T : class => ServiceDescriptor.Singleton(instance);
}
