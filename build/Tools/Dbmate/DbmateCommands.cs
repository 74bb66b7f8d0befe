using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>Settings → argv of dbmate. The URL, with its password, travels as a variable.</summary>
public static class DbmateCommands
{
    public static Command Status(string program, string folder, string workingDirectory, Secret url) =>
        Of(program, folder, workingDirectory, url, "status");

    /// <param name="strict">Refuses a file that is older than one applied; without it dbmate applies it in silence.</param>
    public static Command Migrate(
        string program,
        string folder,
        string workingDirectory,
        Secret url,
        bool strict = true
    ) =>
        strict
            ? Of(program, folder, workingDirectory, url, "migrate", "--strict")
            : Of(program, folder, workingDirectory, url, "migrate");

    private static Command Of(
        string program,
        string folder,
        string workingDirectory,
        Secret url,
        params IEnumerable<string> verb
    ) =>
        // A .env in the working directory would win over nothing and surprise: an empty file name is not one.
        Command
            .Of(program, ["--env-file", "/dev/null", "--migrations-dir", folder, "--no-dump-schema", .. verb])
            .In(workingDirectory)
            .WithSecret("DATABASE_URL", url);
}
