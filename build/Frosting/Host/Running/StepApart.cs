namespace Slipway.Host;

/// <summary>
/// Runs the program's code outside tasks (setup, teardown). What it throws is reported, not lost; after a forced cancellation
/// it is waited for only so long as for a task.
/// </summary>
internal sealed class StepApart(RunConsole console, RunCancellation cancellation, TimeSpan forcedWait)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    public Exception? Run(string name, Action step)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            var output = new TaskOutput(name, console, new NoLog(), isTask: false);
            TaskOutput.Enter(output);
            try
            {
                step();
            }
            catch (Exception e)
            {
                thrown = e;
            }

            output.Flush();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        while (!thread.Join(s_look))
        {
            if (cancellation.Forced.IsCancellationRequested)
            {
                return thread.Join(forcedWait)
                    ? thrown
                    : new TimeoutException(
                        $"{name} did not end within {Durations.Rough(forcedWait.TotalSeconds)} of a forced cancellation."
                    );
            }
        }

        return thrown;
    }
}
