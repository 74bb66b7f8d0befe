using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Slipway.Host;

/// <summary>Cake's locator keeps its finds in plain dictionaries: tasks on several threads break it. One at a time.</summary>
internal sealed class LockedToolLocator(ToolLocator inner) : IToolLocator
{
    private readonly Lock _lock = new();

    public void RegisterFile(FilePath path)
    {
        lock (_lock)
        {
            inner.RegisterFile(path);
        }
    }

    public FilePath Resolve(string tool)
    {
        lock (_lock)
        {
            return inner.Resolve(tool);
        }
    }

    public FilePath Resolve(IEnumerable<string> toolExeNames)
    {
        lock (_lock)
        {
            return inner.Resolve(toolExeNames);
        }
    }
}
