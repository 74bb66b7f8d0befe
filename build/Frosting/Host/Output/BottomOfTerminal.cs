namespace Slipway.Host;

/// <summary>
/// What stands below the log and is written over: a view of several lines, and a status line after it. Taken away before
/// a line of the log is written, and put back after it.
/// </summary>
internal sealed class BottomOfTerminal(TextWriter writer)
{
    private int _viewShown;
    private bool _statusShown;

    public string[] View { get; set; } = [];

    public string? Status { get; set; }

    public void Hide()
    {
        // Up to the first line of the view, and clear to the end of the screen.
        if (_viewShown > 0)
        {
            writer.Write($"\u001b[{_viewShown}F\u001b[J");
        }
        else if (_statusShown)
        {
            writer.Write("\r\u001b[K");
        }

        _viewShown = 0;
        _statusShown = false;
    }

    public void Show()
    {
        foreach (var line in View)
        {
            writer.WriteLine(line);
        }

        _viewShown = View.Length;
        if (Status is { } status)
        {
            writer.Write(status);
            _statusShown = true;
        }
    }
}
