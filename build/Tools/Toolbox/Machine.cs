using Slipway.Toolbox;

namespace Slipway.Tools;

/// <summary>What kind of machine this is, and what the user may do on it.</summary>
public static class Machine
{
    public static MachineKind Kind()
    {
        if (OperatingSystem.IsWindows())
            return MachineKind.Windows;
        if (OperatingSystem.IsMacOS())
            return MachineKind.MacOs;
        return ProgramPath.Find("apt-get") is null ? MachineKind.OtherLinux : MachineKind.Debian;
    }

    public static async Task<InstallRights> RightsAsync(ICommandRunner runner, CancellationToken cancellation)
    {
        if (Environment.IsPrivilegedProcess)
            return InstallRights.Root;
        if (ProgramPath.Find("sudo") is null)
            return InstallRights.None;
        var command = Command.Of("sudo", "-n", "true") with { SuccessExitCodes = [0, 1] };
        var result = await runner.RunAsync(command, cancellation: cancellation);
        return result.ExitCode == 0 ? InstallRights.Sudo : InstallRights.None;
    }
}
