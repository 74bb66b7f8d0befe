using System.Collections.Immutable;
using System.Security.Cryptography;
using Slipway.Builds;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <param name="Ready">Serial numbers of the devices and emulators that flows can run on.</param>
/// <param name="Detail">What was found, for people: why there is none.</param>
public sealed record AndroidDevices(ImmutableArray<string> Ready, string Detail);

/// <summary>The Android build tools: looks into an APK, and for devices.</summary>
public sealed class Android(ICommandRunner runner)
{
    /// <summary>
    /// What is in the APK, as the archive itself, <c>apksigner</c> and <c>aapt2</c> say. A damaged file is a finding, not
    /// an error: <see cref="ApkRules"/> judges.
    /// </summary>
    /// <exception cref="PipelineException">There is no such file.</exception>
    /// <exception cref="CommandFailedException">A tool is not there, or took too long.</exception>
    public async Task<ApkInspection> InspectAsync(string apk, CancellationToken cancellation = default)
    {
        if (!File.Exists(apk))
        {
            throw new PipelineException(
                $"no APK at {apk}",
                expected: "the configured build command writes the file that {output} names",
                next: "run the build command by hand and look where it puts the APK"
            );
        }

        var verified = runner.RunAsync(AndroidCommands.Verify(apk), cancellation: cancellation);
        var badging = runner.RunAsync(AndroidCommands.Badging(apk), cancellation: cancellation);
        var archive = ApkArchive.CheckAsync(apk, cancellation);
        await Task.WhenAll(verified, badging, archive);
        var (entries, fault) = await archive;
        var found = new ApkInspection
        {
            Bytes = new FileInfo(apk).Length,
            Sha256 = await HashAsync(apk, cancellation),
            Entries = entries,
            ArchiveFault = fault,
        };
        return found.WithSignature(await verified).WithManifest(await badging);
    }

    /// <summary>The devices that flows can run on. A machine without <c>adb</c> has none, and that is no failure.</summary>
    public async Task<AndroidDevices> DevicesAsync(string workingDirectory, CancellationToken cancellation = default)
    {
        try
        {
            var result = await runner.RunAsync(AndroidCommands.Devices(workingDirectory), cancellation: cancellation);
            var ready = ApkText.ReadyDevices(result.Output);
            return new(ready, ready.IsEmpty ? "adb sees no device that is ready" : string.Join(", ", ready));
        }
        catch (CommandFailedException error)
        {
            return new([], $"adb does not answer: {error.Message}");
        }
    }

    /// <summary>Lets the device reach a product that listens on this machine's loopback only.</summary>
    public Task ReverseAsync(
        string device,
        int port,
        string workingDirectory,
        CancellationToken cancellation = default
    ) => runner.RunAsync(AndroidCommands.Reverse(device, port, workingDirectory), cancellation: cancellation);

    private static async Task<string> HashAsync(string file, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }
}
