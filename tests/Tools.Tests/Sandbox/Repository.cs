namespace Slipway.Tools.Tests.Sandbox;

/// <summary>Where the files of this repository are, seen from a test.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A program that npm installed by the lock file in <c>build/npm</c>.</summary>
    public static string NpmProgram(string name) => At(".slipway", "npm", "node_modules", ".bin", name);

    private static string Find()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
