namespace Slipway.Tools;

/// <summary>Settings → argv for the <c>dotnet</c> program.</summary>
public static class DotNetCommands
{
    /// <param name="solution">Path of the solution or project.</param>
    /// <param name="resultsFolder">Where one <c>.trx</c> file per test project goes.</param>
    /// <param name="filter">Test filter expression; null for all.</param>
    public static Command Test(string solution, string resultsFolder, string? filter) =>
        Command.Of(
            "dotnet",
            [
                "test",
                solution,
                "--nologo",
                "--logger",
                "trx",
                "--logger",
                "console;verbosity=minimal",
                "--results-directory",
                resultsFolder,
                // One test project after the other: each may start servers, and the machine has few cores.
                "-maxcpucount:1",
                "-nodeReuse:false",
                .. filter is null ? Array.Empty<string>() : ["--filter", filter],
            ]
        );

    /// <summary>Checks the formatting of C# files; exit code 1 when one differs.</summary>
    public static Command CheckFormat(string folder) => Command.Of("dotnet", "csharpier", "check", folder);

    public static Command RestoreTools() => Command.Of("dotnet", "tool", "restore");
}
