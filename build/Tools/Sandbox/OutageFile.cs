namespace Slipway.Tools;

/// <summary>
/// An outage of what both versions share, on demand: while the file is there, the instances of the sandbox fail every
/// request, whichever version they are.
/// </summary>
public sealed class OutageFile(string path)
{
    public void Begin() => File.WriteAllText(path, "");

    /// <summary>Also when none has begun.</summary>
    public void End() => File.Delete(path);
}
