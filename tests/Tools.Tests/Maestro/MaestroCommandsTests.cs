using System.Collections.Immutable;

namespace Slipway.Tools.Tests.Maestro;

public class MaestroCommandsTests
{
    private static readonly FlowRun _run = new(
        FlowPlatform.Web,
        "/repo/.maestro",
        "/run/validation/flows",
        "/run",
        new Uri("http://127.0.0.1:18080/"),
        "1.2.3"
    );

    [Test]
    public void WebFlowsRunInTheBrowserThatIsNamed() =>
        string.Join(' ', MaestroCommands.Run("/npm/maestro-runner", _run).Arguments)
            .ShouldBe(
                "--no-ansi --platform web --browser /usr/bin/chromium --output /run/validation/flows --flatten "
                    + "--env BASE_URL=http://127.0.0.1:18080 --env SKIP_DATA_CLEANUP=true --env VERSION=1.2.3 "
                    + "test /repo/.maestro"
            );

    [Test]
    public void AndroidFlowsRunOnTheDeviceWithTheApk() =>
        string.Join(
                ' ',
                MaestroCommands
                    .Run(
                        "/npm/maestro-runner",
                        _run with
                        {
                            Platform = FlowPlatform.Android,
                            Device = "emulator-5554",
                            Apk = "/run/build/build_production.apk",
                        }
                    )
                    .Arguments
            )
            .ShouldStartWith(
                "--no-ansi --platform android --device emulator-5554 --app-file /run/build/build_production.apk --output"
            );

    [Test]
    public void CleanupIsSkippedInTheEnvironmentToo() =>
        MaestroCommands.Run("m", _run).Environment["SKIP_DATA_CLEANUP"].ShouldBe("true");

    [Test]
    public void ARunIsBoundedInTime() => MaestroCommands.Run("m", _run).Timeout.ShouldBe(TimeSpan.FromMinutes(10));

    [Test]
    public void FurtherVariablesCannotReplaceThePipelinesOwn()
    {
        var run = _run with
        {
            Variables = ImmutableSortedDictionary<string, string>.Empty.Add("BASE_URL", "http://x").Add("A", "b c"),
        };
        var arguments = MaestroCommands.Run("m", run).Arguments;
        arguments.ShouldContain("A=b c");
        arguments.ShouldContain("BASE_URL=http://127.0.0.1:18080");
        arguments.ShouldNotContain("BASE_URL=http://x");
    }

    [Test]
    public void LintNamesTheFolder() =>
        MaestroCommands.Lint("m", "/repo/.maestro").Arguments.ShouldBe(["lint", "--json", "/repo/.maestro"]);
}
