using Cake.Core.Diagnostics;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// A line for each statement of a migration as it ends: for everybody when it took long or failed, else for
/// <c>--verbosity=diagnostic</c>. In order, and at once: <see cref="Progress{T}"/> would hand them to the thread pool.
/// </summary>
internal sealed class StatementLines(StageRun run) : IProgress<StatementTiming>
{
    private const int Shown = 100;
    private const double Long = 1;

    public void Report(StatementTiming value)
    {
        var whole = run.Context.Workbench.Redactor.Redact(value.Statement); // before it is cut: half a secret cannot be recognised
        var text = string.Join(' ', whole.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var line = $"{value.Seconds:0.000} s {(text.Length <= Shown ? text : text[..Shown] + "…")}: {value.Result}";
        if (value.Failed || value.Seconds >= Long)
            run.Info(line);
        else
            run.Context.Log.Verbose("{0}", line);
    }
}
