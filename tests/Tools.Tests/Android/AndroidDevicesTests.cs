namespace Slipway.Tools.Tests.Android;

public class AndroidDevicesTests
{
    [Test]
    public async Task AreThoseThatAreReady() =>
        (
            await Devices(
                "* daemon started successfully\nList of devices attached\nemulator-5554\tdevice\nR58M\toffline\nXYZ\tunauthorized\n0A1B\tdevice\n"
            )
        ).Ready.ShouldBe(["emulator-5554", "0A1B"]);

    [Test]
    public async Task AreNoneWhereNoneIsAttached()
    {
        var devices = await Devices("List of devices attached\n\n");
        devices.Ready.ShouldBeEmpty();
        devices.Detail.ShouldBe("adb sees no device that is ready");
    }

    [Test]
    public async Task AreNoneWhereAdbIsNotThere()
    {
        var devices = await new Slipway.Tools.Android(new Missing()).DevicesAsync("/");
        devices.Ready.ShouldBeEmpty();
        devices.Detail.ShouldContain("adb does not answer");
    }

    private static Task<AndroidDevices> Devices(string output) =>
        new Slipway.Tools.Android(new Answering(output)).DevicesAsync("/");

    private sealed class Answering(string output) : ICommandRunner
    {
        public Task<CommandResult> RunAsync(
            Command command,
            Action<OutputLine>? onLine = null,
            CancellationToken cancellation = default
        ) => Task.FromResult(new CommandResult(command, 0, output, "", TimeSpan.Zero));
    }

    private sealed class Missing : ICommandRunner
    {
        public Task<CommandResult> RunAsync(
            Command command,
            Action<OutputLine>? onLine = null,
            CancellationToken cancellation = default
        ) => throw new CommandFailedException(new(command, 127, "", "", TimeSpan.Zero), "the program adb is not there");
    }
}
