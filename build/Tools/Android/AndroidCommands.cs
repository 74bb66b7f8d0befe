using System.Collections.Immutable;
using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Tools;

/// <summary>Command lines of the Android build tools.</summary>
public static class AndroidCommands
{
    private static readonly TimeSpan _inspection = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The product's own build: <c>{version}</c>, <c>{versionCode}</c> and <c>{output}</c> are replaced in each argument
    /// of the configured argv, which is never a shell's text.
    /// </summary>
    public static Command Build(
        ApkSettings settings,
        ProjectVersion version,
        int versionCode,
        string output,
        string workingDirectory
    ) =>
        new Command(
            settings.Command[0],
            [.. settings.Command.Skip(1).Select(argument => Fill(argument, version.Number, versionCode, output))]
        ).In(workingDirectory);

    /// <summary>Exit 1: the signature does not verify, or the file is no APK.</summary>
    public static Command Verify(string apk) =>
        Command.Of("apksigner", "verify", "-v", "--print-certs", apk) with
        {
            WorkingDirectory = Folder(apk),
            SuccessExitCodes = [0, 1],
            Timeout = _inspection,
        };

    /// <summary>Exit 1: the manifest cannot be read.</summary>
    public static Command Badging(string apk) =>
        Command.Of("aapt2", "dump", "badging", apk) with
        {
            WorkingDirectory = Folder(apk),
            SuccessExitCodes = [0, 1],
            Timeout = _inspection,
        };

    public static Command Devices(string workingDirectory) =>
        Command.Of("adb", "devices").In(workingDirectory) with
        {
            Timeout = TimeSpan.FromSeconds(20),
        };

    /// <summary>Lets the device reach this machine's loopback port under the same number.</summary>
    public static Command Reverse(string device, int port, string workingDirectory) =>
        Command.Of("adb", "-s", device, "reverse", $"tcp:{port}", $"tcp:{port}").In(workingDirectory) with
        {
            Timeout = TimeSpan.FromSeconds(20),
        };

    // One pass over the text: what is put in is not looked at again.
    private static string Fill(string argument, string version, int versionCode, string output)
    {
        var values = ImmutableDictionary<string, string>
            .Empty.Add("{version}", version)
            .Add("{versionCode}", $"{versionCode}")
            .Add("{output}", output);
        var filled = new System.Text.StringBuilder();
        for (var at = 0; at < argument.Length; )
        {
            var name = values.Keys.FirstOrDefault(key => string.CompareOrdinal(argument, at, key, 0, key.Length) == 0);
            filled.Append(name is null ? $"{argument[at]}" : values[name]);
            at += name?.Length ?? 1;
        }

        return filled.ToString();
    }

    private static string Folder(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;
}
