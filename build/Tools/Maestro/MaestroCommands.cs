namespace Slipway.Tools;

/// <summary>Command lines of <c>maestro-runner</c>.</summary>
public static class MaestroCommands
{
    /// <summary>Exit 1: a flow does not parse, or there is none.</summary>
    public static Command Lint(string program, string flows) =>
        Command.Of(program, "lint", "--json", Path.GetFullPath(flows)) with
        {
            WorkingDirectory = Path.GetFullPath(flows),
            SuccessExitCodes = [0, 1],
            Timeout = TimeSpan.FromMinutes(1),
        };

    /// <summary>Exit 1: a flow failed. Options stand before the files, as the program wants them.</summary>
    public static Command Run(string program, FlowRun run)
    {
        var variables = run
            .Variables.SetItem("BASE_URL", run.BaseUrl.AbsoluteUri.TrimEnd('/'))
            .SetItem("VERSION", run.Version)
            .SetItem("SKIP_DATA_CLEANUP", run.SkipDataCleanup ? "true" : "false");
        return new Command(
            program,
            [
                "--no-ansi",
                "--platform",
                run.Platform == FlowPlatform.Web ? "web" : "android",
                .. Target(run),
                "--output",
                Path.GetFullPath(run.Output),
                "--flatten",
                .. variables.SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
                "test",
                Path.GetFullPath(run.Flows),
            ]
        )
        {
            WorkingDirectory = Path.GetFullPath(run.Output),
            SuccessExitCodes = [0, 1],
            Timeout = run.Timeout,
        }.With("SKIP_DATA_CLEANUP", run.SkipDataCleanup ? "true" : "false");
    }

    private static IEnumerable<string> Target(FlowRun run)
    {
        if (run.Platform == FlowPlatform.Web)
            return ["--browser", run.Browser];
        return
        [
            .. run.Device is null ? Array.Empty<string>() : ["--device", run.Device],
            .. run.Apk is null ? Array.Empty<string>() : ["--app-file", Path.GetFullPath(run.Apk)],
        ];
    }
}
