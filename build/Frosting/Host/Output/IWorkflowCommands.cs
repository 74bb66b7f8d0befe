namespace Slipway.Host;

/// <summary>What a run says to GitHub's runner. Elsewhere it says nothing. Resolve it from the services.</summary>
public interface IWorkflowCommands
{
    /// <summary>From now on the runner prints *** instead. Call it before the secret is used.</summary>
    void Mask(string secret);

    void Error(string title, string message);

    void Warning(string title, string message);

    void Notice(string title, string message);
}
