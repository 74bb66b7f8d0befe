namespace Slipway.Host;

/// <summary>Writes workflow commands where a runner reads them.</summary>
internal sealed class WorkflowCommands(RunConsole console) : IWorkflowCommands
{
    public void Mask(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        foreach (var line in secret.Split('\n', '\r').Where(line => line.Length > 0))
        {
            console.Command(WorkflowText.Command("add-mask", line));
        }
    }

    public void Error(string title, string message) => Annotate("error", title, message);

    public void Warning(string title, string message) => Annotate("warning", title, message);

    public void Notice(string title, string message) => Annotate("notice", title, message);

    private void Annotate(string level, string title, string message) =>
        console.Command(WorkflowText.Command(level, console.Redact(title), console.Redact(message)));
}
