namespace Slipway.Host;

/// <summary>The log files of a run: <c>&lt;Task&gt;.log</c> each, and <c>timeline.json</c>. Resolve it from the services.</summary>
public interface IRunLog
{
    string Directory { get; }

    /// <summary>
    /// Brings the logs written so far to where they belong, and everything later, too. For a run whose folder becomes known
    /// only in its first task. What an earlier run left there stays: a log goes on below it.
    /// </summary>
    void MoveTo(string directory);
}
