using System.Globalization;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>The docker commands that run instances as containers of this machine.</summary>
public static class DockerInstanceCommands
{
    public const string RootLabel = "slipway.root";
    public const string SlotLabel = "slipway.slot";

    /// <summary>Where the instance's own folder appears in its container.</summary>
    public const string Mount = "/run/slipway";

    /// <summary>
    /// On the host's network, because an instance picks a free loopback port itself; otherwise with as little as
    /// possible. Secrets are named only: docker takes their values from its own environment.
    /// </summary>
    /// <param name="user"><c>uid:gid</c> that may write into the instance's folder.</param>
    public static Command Run(string root, InstanceStart start, string user)
    {
        var command = Command
            .Of(
                "docker",
                [
                    "run",
                    "--detach",
                    "--pull=missing",
                    "--network=host",
                    "--read-only",
                    "--tmpfs=/tmp",
                    "--cap-drop=ALL",
                    "--security-opt=no-new-privileges",
                    $"--user={user}",
                    $"--label={RootLabel}={root}",
                    $"--label={SlotLabel}={start.Slot.Name()}",
                    $"--label=slipway.service={start.Service}",
                    string.Create(CultureInfo.InvariantCulture, $"--label=slipway.index={start.Index}"),
                    $"--label=slipway.deployment={start.DeploymentId}",
                    $"--mount=type=bind,source={start.Folder},target={Mount}",
                    $"--env=SLIPWAY_PORT_FILE={Mount}/port",
                    .. start.Settings.Select(pair => $"--env={pair.Key}={pair.Value}"),
                    .. start.Secrets.Keys.Select(name => $"--env={name}"),
                    start.Image.Reference,
                ]
            )
            .In(start.Folder);
        return start.Secrets.Aggregate(command, (so, secret) => so.WithSecret(secret.Key, secret.Value)) with
        {
            Timeout = TimeSpan.FromMinutes(5),
        };
    }

    public static Command Running(string root) =>
        Short(root, "ps", "--quiet", "--no-trunc", $"--filter=label={RootLabel}={root}");

    public static Command Find(string root, Slot slot) =>
        Short(
            root,
            "ps",
            "--all",
            "--quiet",
            "--no-trunc",
            $"--filter=label={RootLabel}={root}",
            $"--filter=label={SlotLabel}={slot.Name()}"
        );

    /// <summary>The short option, because the long one has another name in newer clients.</summary>
    public static Command Stop(string root, string id, TimeSpan grace) =>
        Short(root, "stop", "-t", Math.Ceiling(grace.TotalSeconds).ToString("0", CultureInfo.InvariantCulture), id) with
        {
            Timeout = grace + TimeSpan.FromSeconds(30),
            SuccessExitCodes = [0, 1],
        };

    /// <summary>Exit code 1: it is not there, which is what is wanted.</summary>
    public static Command Remove(string root, string id) =>
        Short(root, "rm", "--force", "--volumes", id) with
        {
            SuccessExitCodes = [0, 1],
        };

    public static Command Logs(string root, string id) =>
        Short(root, "logs", "--tail=30", id) with
        {
            SuccessExitCodes = [0, 1],
        };

    private static Command Short(string root, params IEnumerable<string> arguments) =>
        Command.Of("docker", arguments).In(root) with
        {
            Timeout = TimeSpan.FromSeconds(30),
        };
}
