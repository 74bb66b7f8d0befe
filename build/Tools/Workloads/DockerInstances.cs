using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>Instances as containers of this machine's Docker engine.</summary>
/// <param name="root">The sandbox's folder; a label marks the containers as its own.</param>
/// <param name="user"><c>uid:gid</c> of the user who runs the pipeline.</param>
public sealed class DockerInstances(string root, string user, ICommandRunner commands) : IInstanceHost
{
    public async Task<string> StartAsync(InstanceStart start, CancellationToken cancellation)
    {
        if (
            start.Image.Kind != ImageKind.Docker
            || !start.Image.Reference.EndsWith($"@{start.Image.Digest}", StringComparison.Ordinal)
        )
        {
            throw new PipelineException(
                $"{start.Service}: \"{start.Image.Reference}\" cannot run as a container",
                "an image by its digest, registry/name@sha256:…"
            );
        }
        if (start.Folder.Contains(',', StringComparison.Ordinal))
            throw new PipelineException($"{start.Folder}: docker cannot mount a path with a comma");
        var result = await commands.RunAsync(DockerInstanceCommands.Run(root, start, user), cancellation: cancellation);
        return
            result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                is [.., var id]
            ? id
            : throw new PipelineException($"{start.Service}: docker started a container and did not say which");
    }

    public async Task<ImmutableHashSet<string>> AliveAsync(
        IReadOnlyCollection<string> ids,
        CancellationToken cancellation
    ) => ids.Count == 0 ? [] : (await AskAsync(DockerInstanceCommands.Running(root), cancellation)).Intersect(ids);

    public async Task StopAsync(string id, TimeSpan grace, CancellationToken cancellation)
    {
        if (!IsId(id))
            return;
        await commands.RunAsync(DockerInstanceCommands.Stop(root, id, grace), cancellation: cancellation);
        await commands.RunAsync(DockerInstanceCommands.Remove(root, id), cancellation: cancellation);
    }

    public Task<ImmutableHashSet<string>> FindAsync(Slot slot, CancellationToken cancellation) =>
        AskAsync(DockerInstanceCommands.Find(root, slot), cancellation);

    public async Task<InstanceLog> ReadLogAsync(string id, string logFile, CancellationToken cancellation)
    {
        if (!IsId(id))
            return new($"docker logs {id}", "");
        var result = await commands.RunAsync(DockerInstanceCommands.Logs(root, id), cancellation: cancellation);
        return new($"docker logs {id[..12]}", (result.Output + result.Error).Trim());
    }

    private async Task<ImmutableHashSet<string>> AskAsync(Command command, CancellationToken cancellation)
    {
        var result = await commands.RunAsync(command, cancellation: cancellation);
        return
        [
            .. result
                .Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(IsId),
        ];
    }

    /// <summary>A record of the process engine may be met here after a change of the engine; its ids are not docker's.</summary>
    private static bool IsId(string id) => id.Length == 64 && id.All(char.IsAsciiHexDigit);
}
