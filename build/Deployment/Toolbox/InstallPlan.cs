using System.Collections.Immutable;

namespace Slipway.Toolbox;

/// <summary>The kind of machine, as far as it says how programs are installed.</summary>
public enum MachineKind
{
    /// <summary>Debian, Ubuntu and what descends from them.</summary>
    Debian,
    MacOs,
    Windows,
    OtherLinux,
}

/// <summary>How this user may install packages.</summary>
public enum InstallRights
{
    Root,

    /// <summary><c>sudo -n</c> works without asking.</summary>
    Sudo,
    None,
}

/// <summary>What Bootstrap does, and what is left to a person.</summary>
/// <param name="Commands">argv lists, in this order.</param>
/// <param name="Npm">Whether the tools from npm are to be installed.</param>
/// <param name="ByHand">Tool and what to type or do, for what no command here can bring.</param>
public sealed record InstallPlan(
    ImmutableArray<ImmutableArray<string>> Commands,
    bool Npm,
    ImmutableArray<(string Tool, string What)> ByHand
)
{
    public bool IsEmpty => Commands.IsEmpty && !Npm && ByHand.IsEmpty;

    /// <summary>Optional tools are left out.</summary>
    public static InstallPlan For(IEnumerable<ToolStatus> statuses, MachineKind machine, InstallRights rights)
    {
        var wanted = statuses.Where(status => status.State != ToolState.Present && !status.Tool.IsOptional).ToList();
        var npm = wanted.Exists(status => status.Tool.Origin.Npm is not null);
        var packaged = wanted.Where(status => status.Tool.Origin.Npm is null).ToList();
        var mayInstall = machine == MachineKind.Debian && rights != InstallRights.None;
        var packages = packaged
            .Where(status => mayInstall && status.State == ToolState.Missing)
            .SelectMany(status => status.Tool.Origin.Apt)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToImmutableArray();
        var byHand = packaged
            .Where(status => !mayInstall || status.State == ToolState.TooOld || status.Tool.Origin.Apt.IsEmpty)
            .Select(status => (status.Tool.Name, CommandFor(status.Tool, machine)));
        return new InstallPlan(packages.IsEmpty ? [] : AptGet(packages, rights), npm, [.. byHand]);
    }

    /// <summary>What a person types on such a machine to get the tool.</summary>
    public static string CommandFor(Tool tool, MachineKind machine)
    {
        var origin = tool.Origin;
        return machine switch
        {
            _ when origin.Npm is not null => "./build.sh --target=Bootstrap",
            MachineKind.Debian when !origin.Apt.IsEmpty => $"sudo apt-get install {string.Join(' ', origin.Apt)}",
            MachineKind.Debian when origin.AptByHand is { } text => text,
            MachineKind.MacOs when origin.Brew is { } formula => $"brew install {formula}",
            MachineKind.Windows when origin.Winget is { } id => $"winget install {id}",
            MachineKind.Windows when origin.WindowsByHand is { } text => text,
            _ => $"install {tool.Name}{(tool.Minimum is { } minimum ? $" {minimum} or later" : "")} and put it on PATH",
        };
    }

    private static ImmutableArray<ImmutableArray<string>> AptGet(ImmutableArray<string> packages, InstallRights rights)
    {
        ImmutableArray<string> prefix = rights == InstallRights.Root ? [] : ["sudo", "-n"];
        ImmutableArray<string> apt = [.. prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"];
        return
        [
            [.. apt, "update"],
            [.. apt, "install", "--yes", "--no-install-recommends", .. packages],
        ];
    }
}
