namespace Slipway.Tools;

/// <summary>The file that the instances of both versions look for at every request: while it is there, they fail.</summary>
public sealed class OutageFile(string path)
{
    public void Begin() => File.WriteAllText(path, "");

    public void End() => File.Delete(path);
}
