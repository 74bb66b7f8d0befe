using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>docker's command lines. Names and references are checked: docker's own parser decides by their first character.</summary>
public static partial class DockerCommands
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(20);

    public static Command ServerVersion(DockerEngine engine) =>
        Docker(engine, "version", "--format", "{{.Server.Version}}") with
        {
            Timeout = Quick,
            SuccessExitCodes = [0, 1],
        };

    /// <param name="idFile">Where the id of the image is written.</param>
    public static Command Build(DockerEngine engine, ImageBuild build, string idFile) =>
        Docker(
            engine,
            [
                "build",
                $"--iidfile={idFile}",
                $"--file={build.Dockerfile}",
                .. build.Network is { } network ? (string[])[$"--network={network}"] : [],
                .. build.Tags.Select(tag => $"--tag={Reference(tag)}"),
                .. build.Arguments.Select(pair => $"--build-arg={pair.Key}={pair.Value}"),
                .. build.Labels.Select(pair => $"--label={pair.Key}={pair.Value}"),
                "--",
                build.Context,
            ]
        ) with
        {
            Timeout = Slow,
        };

    public static Command Push(DockerEngine engine, string reference) =>
        Docker(engine, "push", Reference(reference)) with
        {
            Timeout = Slow,
        };

    public static Command Pull(DockerEngine engine, string reference) =>
        Docker(engine, "pull", Reference(reference)) with
        {
            Timeout = Slow,
        };

    public static Command InspectImage(DockerEngine engine, string reference) =>
        Docker(engine, "image", "inspect", Reference(reference)) with
        {
            Timeout = Quick,
        };

    public static Command Import(
        DockerEngine engine,
        string tarFile,
        string reference,
        ImmutableArray<string> changes
    ) =>
        Docker(
            engine,
            ["import", .. changes.Select(change => $"--change={change}"), "--", tarFile, Reference(reference)]
        ) with
        {
            Timeout = Slow,
        };

    public static Command Run(DockerEngine engine, ContainerRun run)
    {
        var command = Docker(
            engine,
            [
                "run",
                "--detach",
                $"--name={ContainerName(run.Name)}",
                $"--restart={run.Restart}",
                .. run.Network is { } network ? (string[])[$"--network={network}"] : [],
                .. run.Ports.Select(pair => $"--publish=127.0.0.1:{pair.Key}:{pair.Value}"),
                .. run.Environment.Select(pair => $"--env={pair.Key}={pair.Value}"),
                // Without a value: docker takes it from its own environment.
                .. run.Secrets.Keys.Select(name => $"--env={name}"),
                .. run.Labels.Select(pair => $"--label={pair.Key}={pair.Value}"),
                "--",
                Reference(run.Image),
                .. run.Arguments,
            ]
        );
        return command with { Secrets = run.Secrets, Timeout = Slow };
    }

    public static Command InspectContainer(DockerEngine engine, string name) =>
        Docker(engine, "container", "inspect", ContainerName(name)) with
        {
            Timeout = Quick,
            SuccessExitCodes = [0, 1],
            // An inspection shows the environment of the container, secrets included.
            SecretOutput = true,
        };

    public static Command Stop(DockerEngine engine, string name, TimeSpan grace) =>
        Docker(engine, "stop", "-t", $"{(long)Math.Ceiling(grace.TotalSeconds)}", ContainerName(name)) with
        {
            Timeout = grace + Quick,
        };

    public static Command Remove(DockerEngine engine, string name) =>
        Docker(engine, "rm", "--force", "--volumes", ContainerName(name)) with
        {
            Timeout = Quick * 2,
            SuccessExitCodes = [0, 1],
        };

    public static Command Logs(DockerEngine engine, string name, int lines) =>
        Docker(engine, "logs", $"--tail={lines}", ContainerName(name)) with
        {
            Timeout = Quick,
        };

    public static Command List(DockerEngine engine, string label, string value) =>
        Docker(engine, "ps", "--all", "--no-trunc", $"--filter=label={label}={value}", "--format={{.Names}}") with
        {
            Timeout = Quick,
        };

    private static Command Docker(DockerEngine engine, params ImmutableArray<string> arguments)
    {
        var command = new Command("docker", arguments);
        if (engine.Host is { } host)
            command = command.With("DOCKER_HOST", host);
        return engine.ConfigFolder is { } folder ? command.With("DOCKER_CONFIG", folder) : command;
    }

    private static string Reference(string text) =>
        ReferenceShape().IsMatch(text)
            ? text
            : throw new PipelineException(
                ExitCode.Usage,
                $"«{text}» is no image reference",
                "[registry/]name[:tag] or [registry/]name@sha256:<64 hex digits>"
            );

    private static string ContainerName(string text) =>
        NameShape().IsMatch(text)
            ? text
            : throw new PipelineException(
                ExitCode.Usage,
                $"«{text}» is no container name",
                "a letter or digit, then letters, digits, _ . -"
            );

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/@\-]{0,500}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ReferenceShape();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.\-]{1,200}\z", RegexOptions.NonBacktracking)]
    private static partial Regex NameShape();
}
