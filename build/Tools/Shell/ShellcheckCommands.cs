namespace Slipway.Tools;

/// <summary>shellcheck's command line.</summary>
public static class ShellcheckCommands
{
    /// <summary>Exit code 1: there are findings.</summary>
    public static Command Check(string program, string folder, IEnumerable<string> files) =>
        Command
            .Of(program, ["--format=json1", "--severity=style", "--external-sources", "--", .. files])
            .In(folder) with
        {
            SuccessExitCodes = [0, 1],
            Timeout = TimeSpan.FromMinutes(2),
        };
}
