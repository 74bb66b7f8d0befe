using System.Diagnostics;
using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.Host;

/// <summary>Does the work of one task, on the thread it is called on, in Cake's order: ShouldRun, task setup, Run, OnError, Finally, task teardown.</summary>
internal sealed class TaskWork(IServiceProvider services, IFrostingContext context, bool targetMaySkip)
{
    private readonly IFrostingTaskSetup? _setup = services.GetService<IFrostingTaskSetup>();
    private readonly IFrostingTaskTeardown? _teardown = services.GetService<IFrostingTaskTeardown>();

    /// <summary>Without them a task that has no work of its own has nothing to be run for.</summary>
    public bool HasLifetime => _setup is not null || _teardown is not null;

    public TaskEnding Do(PlannedTask planned, TaskOutput output)
    {
        try
        {
            if (!planned.Task.ContextType.IsInstanceOfType(context))
            {
                throw new FrostingException(
                    $"Task {planned.Name} needs the context {planned.Task.ContextType.Name}; the host uses {context.GetType().Name}."
                );
            }

            var task = (IFrostingTask)services.GetRequiredService(planned.Task.Type);
            return Skips(task, planned, output) ?? Run(task, planned.Task, output);
        }
        catch (Exception e)
        {
            return TaskEnding.Failed(e);
        }
        finally
        {
            output.Flush();
        }
    }

    private TaskEnding? Skips(IFrostingTask task, PlannedTask planned, TaskOutput output)
    {
        output.Hold();
        bool runs;
        try
        {
            runs = task.ShouldRun(context);
        }
        catch
        {
            output.ReleaseHeld();
            throw;
        }

        if (runs)
        {
            output.ReleaseHeld();
            return null;
        }

        var said = output.TakeHeld();
        var reason =
            said.Length > 0 ? string.Join("; ", said.Select(line => line.Trim()))
            : task.SkippedMessage.Length > 0 ? task.SkippedMessage
            : "it does not apply (the task gave no reason)";
        if (planned.IsTarget && !targetMaySkip)
        {
            return TaskEnding.Failed(
                new CakeException($"Could not reach target '{planned.Name}' since it was skipped: {reason}")
            );
        }

        _setup?.Setup(context, new TaskSetupContext(context, planned.Task));
        _teardown?.Teardown(
            context,
            new TaskTeardownContext(context, planned.Task, TimeSpan.Zero, skipped: true, throwException: null)
        );
        return TaskEnding.Skipped(reason);
    }

    private TaskEnding Run(IFrostingTask task, TaskDescriptor descriptor, TaskOutput output)
    {
        var started = Stopwatch.GetTimestamp();
        Exception? failure = null;
        if (Caught(() => _setup?.Setup(context, new TaskSetupContext(context, descriptor))) is { } noSetup)
        {
            failure = noSetup;
        }
        else
        {
            failure = Caught(() => task.RunAsync(context).GetAwaiter().GetResult());
            if (failure is not null && Caught(() => task.OnError(failure, context)) is { } thrown && thrown != failure)
            {
                output.Write($"before that: {failure}", OutputKind.Error);
                failure = thrown;
            }

            failure = First(failure, Caught(() => task.Finally(context)), "Finally", output);
        }

        var after = Caught(() =>
            _teardown?.Teardown(
                context,
                new TaskTeardownContext(context, descriptor, Stopwatch.GetElapsedTime(started), skipped: false, failure)
            )
        );
        failure = First(failure, after, "the task teardown", output);
        return failure is null ? TaskEnding.Succeeded : TaskEnding.Failed(failure);
    }

    /// <summary>The first failure is the task's; a later one is said, but does not hide it.</summary>
    private static Exception? First(Exception? failure, Exception? later, string where, TaskOutput output)
    {
        if (failure is not null && later is not null)
        {
            output.Write($"after the failure {where} failed, too: {later}", OutputKind.Error);
        }

        return failure ?? later;
    }

    /// <summary>A task is somebody's code: whatever it throws is its failure, and the steps after it still run.</summary>
    private static Exception? Caught(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
