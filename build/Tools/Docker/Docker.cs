using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Builds, pushes and runs images through a Docker engine.</summary>
public sealed class Docker(ICommandRunner runner, DockerEngine engine)
{
    /// <summary>The engine's version; null when docker is not installed or no engine answers.</summary>
    public async Task<string?> ServerVersionAsync(CancellationToken cancellation)
    {
        try
        {
            var result = await Run(DockerCommands.ServerVersion(engine), null, cancellation);
            var version = result.Output.Trim();
            return result.ExitCode == 0 && version.Length > 0 ? version : null;
        }
        catch (CommandFailedException)
        {
            return null;
        }
    }

    /// <summary>Builds an image and gives it its tags; returns its id.</summary>
    public async Task<string> BuildAsync(ImageBuild build, Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        var idFile = Path.GetTempFileName();
        try
        {
            await Run(DockerCommands.Build(engine, build, idFile), onLine, cancellation);
            return (await File.ReadAllTextAsync(idFile, cancellation)).Trim();
        }
        finally
        {
            File.Delete(idFile);
        }
    }

    /// <summary>
    /// Pushes all tags of one image, then asks the registry what it holds: the digest must be the same everywhere.
    /// </summary>
    /// <exception cref="PipelineException">A digest differs after the push: somebody else pushed the tag.</exception>
    public async Task<PushedImage> PushAsync(
        ImmutableArray<string> tags,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        string? digest = null;
        foreach (var tag in tags)
        {
            var output = (await Run(DockerCommands.Push(engine, tag), onLine, cancellation)).Output;
            var pushed =
                DockerOutput.Digest(output)
                ?? throw new PipelineException($"docker push {tag} said no digest", "«digest: sha256:…» in its output");
            digest ??= pushed;
            if (digest != pushed)
                throw Differs(tag, pushed, digest);
        }
        if (digest is null)
            throw new PipelineException("an image without a tag cannot be pushed");
        foreach (var tag in tags)
            await VerifyAsync(tag, digest, cancellation);
        var image = await Run(DockerCommands.InspectImage(engine, tags[0]), null, cancellation);
        return new PushedImage($"{Repository(tags[0])}@{digest}", digest, DockerOutput.ImageSize(image.Output));
    }

    /// <summary>Asks the registry, with the client's own login, what a tag is now.</summary>
    /// <exception cref="PipelineException">Not the expected digest.</exception>
    public async Task VerifyAsync(string tag, string digest, CancellationToken cancellation)
    {
        var output = (await Run(DockerCommands.Pull(engine, tag), null, cancellation)).Output;
        var found = DockerOutput.Digest(output);
        if (found != digest)
            throw Differs(tag, found ?? "no digest", digest);
    }

    /// <summary>Makes an image of a tar file of a root folder.</summary>
    /// <param name="changes">Dockerfile instructions, e.g. <c>CMD ["/app"]</c>.</param>
    public async Task ImportAsync(
        string tarFile,
        string reference,
        ImmutableArray<string> changes,
        CancellationToken cancellation
    ) => await Run(DockerCommands.Import(engine, tarFile, reference, changes), null, cancellation);

    /// <summary>Starts a container; returns its id. One of that name is replaced.</summary>
    public async Task<string> RunAsync(ContainerRun run, CancellationToken cancellation)
    {
        await RemoveAsync(run.Name, cancellation);
        return (await Run(DockerCommands.Run(engine, run), null, cancellation)).Output.Trim();
    }

    /// <summary>Null when there is no such container.</summary>
    public async Task<ContainerState?> InspectAsync(string name, CancellationToken cancellation)
    {
        var result = await Run(DockerCommands.InspectContainer(engine, name), null, cancellation);
        return result.ExitCode == 0 ? DockerOutput.Container(result.SecretOutput!.Reveal()) : null;
    }

    /// <summary>SIGTERM, then SIGKILL after <paramref name="grace"/>.</summary>
    public async Task StopAsync(string name, TimeSpan grace, CancellationToken cancellation) =>
        await Run(DockerCommands.Stop(engine, name, grace), null, cancellation);

    /// <summary>Ends and removes a container; nothing when there is none.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        var result = await Run(DockerCommands.Remove(engine, name), null, cancellation);
        if (result.ExitCode != 0 && !result.Error.Contains("No such container", StringComparison.OrdinalIgnoreCase))
            throw new CommandFailedException(result, $"{CommandText.Of(result.Command)}\n{result.Error}".TrimEnd());
    }

    /// <summary>The last lines of both streams, redacted.</summary>
    public async Task<string> LogsAsync(string name, int lines, CancellationToken cancellation)
    {
        var result = await Run(DockerCommands.Logs(engine, name, lines), null, cancellation);
        return result.Output + result.Error;
    }

    /// <summary>Names of the containers with a label, running or not.</summary>
    public async Task<ImmutableArray<string>> ListAsync(string label, string value, CancellationToken cancellation) =>
        [
            .. (await Run(DockerCommands.List(engine, label, value), null, cancellation)).Output.Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            ),
        ];

    /// <summary>A reference without its tag: a colon behind the last slash is one, a colon before it is a port.</summary>
    internal static string Repository(string reference)
    {
        var colon = reference.LastIndexOf(':');
        return colon > reference.LastIndexOf('/') ? reference[..colon] : reference;
    }

    private static PipelineException Differs(string tag, string found, string expected) =>
        new(
            $"{tag} is {found} after the push",
            expected,
            "somebody else pushed the same tag: find out who, then build again"
        );

    private Task<CommandResult> Run(Command command, Action<OutputLine>? onLine, CancellationToken cancellation) =>
        runner.RunAsync(command, onLine, cancellation);
}
