using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Slipway.Host;

/// <summary>
/// Runs a plan. One loop owns all state; each task has a thread of its own and only posts how it ended. So no state needs a
/// lock, and a task that blocks its thread blocks nobody else.
/// </summary>
internal sealed class Scheduler(
    RunPlan plan,
    TaskWork work,
    RunReporter reporter,
    RunCancellation cancellation,
    SchedulerSettings settings
)
{
    private readonly TaskState[] _tasks = [.. plan.Tasks.Select(task => new TaskState(task))];
    private readonly BlockingCollection<Action> _mailbox = [];
    private readonly List<TaskResult> _failures = [];
    private readonly ReadyTasks _ready = new(
        plan,
        TaskWeights.Remaining(plan, settings.Durations),
        settings.ExclusiveResources
    );
    private int _running;
    private bool _cancelled;
    private bool _cancelledFirst;
    private bool _stopped;
    private double? _giveUpAt;

    public RunEnding Run()
    {
        using var onCancel = cancellation.Asked.Register(() => _mailbox.TryAdd(Cancel));
        using var onForce = cancellation.Forced.Register(() => _mailbox.TryAdd(Force));
        reporter.Begin(_tasks);
        if (cancellation.Asked.IsCancellationRequested)
        {
            Cancel();
        }

        while (true)
        {
            StartWhatMay();
            if (_running == 0)
            {
                break;
            }

            if (_mailbox.TryTake(out var message, settings.Tick))
            {
                message();
            }
            else
            {
                reporter.Tick(_tasks);
            }

            if (_giveUpAt <= reporter.Elapsed)
            {
                GiveUp();
                break;
            }
        }

        NameWhatDidNotRun();
        reporter.End(_tasks, _failures);
        var undone = _tasks.Any(task =>
            task.Outcome is TaskOutcome.NotRun or TaskOutcome.Cancelled or TaskOutcome.Failed
        );
        return new RunEnding([.. _failures], _cancelled && undone, _cancelledFirst);
    }

    private void StartWhatMay()
    {
        while (!_stopped && !_cancelled && _ready.Next(MayStart) is { } next)
        {
            var task = _tasks[next];
            if (task.Planned.LeftOut)
            {
                task.Outcome = TaskOutcome.Skipped;
                task.Reason = "--skip";
                reporter.LeftOut(task, _tasks);
            }
            else if (task.Planned.Task.IsAggregate && !work.HasLifetime)
            {
                task.Outcome = TaskOutcome.Aggregate;
                reporter.Changed(_tasks);
            }
            else if (_running < settings.Parallel)
            {
                Start(next);
            }
            else
            {
                return;
            }
        }
    }

    private bool MayStart(int index)
    {
        var task = _tasks[index];
        return task.Outcome == TaskOutcome.Waiting
            && task.Planned.DependsOn.All(dependency => _tasks[dependency].LetsOthersRun)
            && task.Planned.After.All(before => _tasks[before].IsOver);
    }

    private void Start(int index)
    {
        var task = _tasks[index];
        _running++;
        _ready.Started(index);
        task.Outcome = TaskOutcome.Running;
        task.Lane = Enumerable
            .Range(0, settings.Parallel)
            .First(lane => !_tasks.Any(other => other.Outcome == TaskOutcome.Running && other.Lane == lane));
        reporter.Started(task, _tasks);
        var output = task.Output!;
        new Thread(() =>
        {
            TaskOutput.Enter(output);
            var ending = work.Do(task.Planned, output);
            _mailbox.TryAdd(() => Ended(index, ending));
        })
        {
            Name = task.Name,
            IsBackground = true,
        }.Start();
    }

    private void Ended(int index, TaskEnding ending)
    {
        if (cancellation.Asked.IsCancellationRequested)
        {
            // The task may have seen it, and ended, before our own message about it came.
            Cancel();
        }

        var task = _tasks[index];
        _running--;
        _ready.Ended(index);
        task.Exception = ending.Exception;
        task.Reason = ending.Reason;
        task.Outcome = Judge(task, ending);
        reporter.Ended(task, _tasks);
        if (task.Outcome is TaskOutcome.Failed or TaskOutcome.Cancelled)
        {
            Fail(task);
        }
    }

    private TaskOutcome Judge(TaskState task, TaskEnding ending)
    {
        if (ending.Outcome != TaskOutcome.Failed)
        {
            return ending.Outcome == TaskOutcome.Succeeded && task.Planned.Task.IsAggregate
                ? TaskOutcome.Aggregate
                : ending.Outcome;
        }

        // A cancellation that nobody asked for (a time-out somewhere inside) is a failure like any other.
        if (cancellation.Token.IsCancellationRequested && IsCancellation(ending.Exception!))
        {
            task.Reason = _cancelled ? "cancelled" : $"cancelled: {RedNames()} failed";
            return TaskOutcome.Cancelled;
        }

        task.Reason = reporter.Message(ending.Exception!);
        return task.Planned.Task.ContinueOnError ? TaskOutcome.FailedContinued : TaskOutcome.Failed;
    }

    private void Fail(TaskState task)
    {
        if (task.Outcome == TaskOutcome.Failed)
        {
            _failures.Add(reporter.Result(task));
            _stopped |= settings.Policy != RunPolicy.KeepGoing;
            if (settings.Policy == RunPolicy.FailFast)
            {
                cancellation.StopRunningTasks();
            }
        }

        for (var i = task.Planned.Index + 1; i < _tasks.Length; i++)
        {
            var dependent = _tasks[i];
            var bad = dependent
                .Planned.DependsOn.Select(dependency => _tasks[dependency])
                .Where(dependency =>
                    dependency.Outcome is TaskOutcome.Failed or TaskOutcome.Cancelled or TaskOutcome.NotRun
                )
                .ToArray();
            if (dependent.Outcome is TaskOutcome.Waiting or TaskOutcome.NotRun && bad.Length > 0)
            {
                dependent.Outcome = TaskOutcome.NotRun;
                dependent.Reason = string.Join(
                    "; ",
                    bad.Select(one =>
                            one.Outcome switch
                            {
                                TaskOutcome.Failed => $"{one.Name} failed",
                                TaskOutcome.Cancelled => $"{one.Name} was cancelled",
                                _ => one.Reason!,
                            }
                        )
                        .SelectMany(reason => reason.Split("; "))
                        .Distinct()
                );
            }
        }
    }

    private void NameWhatDidNotRun()
    {
        foreach (var task in _tasks.Where(task => task.Outcome == TaskOutcome.Waiting))
        {
            task.Outcome = TaskOutcome.NotRun;
            task.Reason = _cancelled ? "the run was cancelled" : $"the run stopped when {RedNames()} failed";
        }
    }

    private void Cancel()
    {
        if (_cancelled)
        {
            return;
        }

        _cancelled = true;
        _cancelledFirst = _failures.Count == 0;
        reporter.Cancelling(_tasks);
    }

    private void Force()
    {
        Cancel();
        _giveUpAt ??= reporter.Elapsed + settings.ForcedWait.TotalSeconds;
        reporter.Forcing(_tasks, settings.ForcedWait);
    }

    private void GiveUp()
    {
        foreach (var task in _tasks.Where(task => task.Outcome == TaskOutcome.Running))
        {
            task.Outcome = TaskOutcome.Cancelled;
            task.Reason = "cancelled by force; it did not end in time";
            reporter.Ended(task, _tasks);
            Fail(task);
        }
    }

    private string RedNames() => Words.And([.. _failures.Select(failure => failure.Task)]);

    private static bool IsCancellation(Exception exception) =>
        exception switch
        {
            AggregateException many => many.Flatten().InnerExceptions.All(IsCancellation),
            _ => FailureReader.Unwrap(exception) is OperationCanceledException,
        };
}
