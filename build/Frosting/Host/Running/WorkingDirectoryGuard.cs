namespace Slipway.Host;

/// <summary>
/// The working directory belongs to the process. A task that changes it behind Cake's back (<c>Environment.CurrentDirectory</c>)
/// puts every other task elsewhere: it is put back as soon as a task ends, and said.
/// </summary>
internal sealed class WorkingDirectoryGuard
{
    private readonly string _directory = Environment.CurrentDirectory;

    /// <returns>Where it had been changed to, or null.</returns>
    public string? PutBack()
    {
        string? now;
        try
        {
            now = Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            now = "a folder that is gone";
        }

        if (now == _directory)
        {
            return null;
        }

        Environment.CurrentDirectory = _directory;
        return now;
    }
}
