namespace Slipway.Host;

/// <summary>
/// Asks the person at the terminal. A question is no line, so it cannot go through the console as other output does; what
/// other tasks write meanwhile waits for the answer. Resolve it from the services.
/// </summary>
public interface IRunPrompt
{
    /// <summary>False in a workflow, in a pipe and with <c>--json</c>: nobody would answer.</summary>
    bool CanAsk { get; }

    /// <returns>The line typed, without its end; null at the end of input.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CanAsk"/> is false.</exception>
    string? Ask(string question, CancellationToken cancellationToken);

    /// <summary>Asks for a secret: what is typed is not shown.</summary>
    /// <returns>What was typed; null at the end of input.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CanAsk"/> is false.</exception>
    string? AskHidden(string question, CancellationToken cancellationToken);
}
