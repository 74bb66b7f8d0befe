using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Tools.Tests.Android;

public class AndroidCommandsTests
{
    private static readonly ProjectVersion _version = new(
        "mobile/v1.2.3-rc.1",
        "mobile",
        "v1.2.3-rc.1",
        1,
        2,
        3,
        "rc.1"
    );

    [Test]
    public void BuildFillsThePlaceholdersOfEachArgument()
    {
        var command = AndroidCommands.Build(
            Settings("build.sh", "{version}", "--code={versionCode}", "{output}", "{other}", "{version}{version}"),
            _version,
            1_002_003,
            "/out dir/build_production.apk",
            "/repo"
        );

        command.Program.ShouldBe("build.sh");
        command.Arguments.ShouldBe([
            "1.2.3-rc.1",
            "--code=1002003",
            "/out dir/build_production.apk",
            "{other}",
            "1.2.3-rc.11.2.3-rc.1",
        ]);
        command.WorkingDirectory.ShouldBe("/repo");
    }

    [Test]
    public void WhatIsFilledInIsNotFilledAgain() =>
        AndroidCommands
            .Build(Settings("build.sh", "{output}"), _version, 1, "/a/{version}/$(id)", "/repo")
            .Arguments.ShouldBe(["/a/{version}/$(id)"]);

    [Test]
    public void InspectionNamesTheFileAndAcceptsABadOne()
    {
        AndroidCommands.Verify("/run/a b.apk").Arguments.ShouldBe(["verify", "-v", "--print-certs", "/run/a b.apk"]);
        AndroidCommands.Badging("/run/a b.apk").Arguments.ShouldBe(["dump", "badging", "/run/a b.apk"]);
        AndroidCommands.Verify("/run/a b.apk").SuccessExitCodes.ShouldBe([0, 1]);
        AndroidCommands.Badging("/run/a b.apk").WorkingDirectory.ShouldBe("/run");
    }

    [Test]
    public void ADeviceIsNamedBySerialNumber() =>
        AndroidCommands
            .Reverse("emulator-5554", 18080, "/")
            .Arguments.ShouldBe(["-s", "emulator-5554", "reverse", "tcp:18080", "tcp:18080"]);

    private static ApkSettings Settings(params string[] command) => new([.. command], "p", 24, 35, 1);
}
