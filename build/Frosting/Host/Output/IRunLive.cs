namespace Slipway.Host;

/// <summary>
/// Lines at the bottom of a terminal that are written over, for a view of what is under way; the log goes on above them.
/// Resolve it from the services.
/// </summary>
public interface IRunLive
{
    /// <summary>Columns of the terminal; null where nothing can be written over (a file, a pipe, a workflow, <c>--json</c>, quiet).</summary>
    int? Width { get; }

    /// <summary>Shown until the next call; none takes them away. Does nothing where <see cref="Width"/> is null.</summary>
    void Show(IReadOnlyList<string> lines);
}
