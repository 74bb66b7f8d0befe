namespace Slipway.Tools.Tests;

/// <summary>A folder of a test's own, gone afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("slipway-test-").FullName;

    public string File(string name, string? content = null)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (content is not null)
            System.IO.File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        foreach (var info in new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories))
            if (info is { IsReadOnly: true, LinkTarget: null })
                info.IsReadOnly = false; // git's objects
        Directory.Delete(Path, recursive: true);
    }
}

/// <summary>Waits for a state of the world, bounded.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<bool> condition, string what)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (condition())
                return;
            await Task.Delay(10);
        }
        Assert.Fail($"did not happen within 10 s: {what}");
    }
}
