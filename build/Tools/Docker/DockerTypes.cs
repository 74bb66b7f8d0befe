using System.Collections.Immutable;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>Which engine is spoken to; nulls: what this user's docker command would use.</summary>
/// <param name="Host">e.g. <c>unix:///run/docker.sock</c>, <c>ssh://user@host</c>.</param>
/// <param name="ConfigFolder">Where the client keeps its logins.</param>
public sealed record DockerEngine(string? Host = null, string? ConfigFolder = null);

/// <param name="Context">Folder that the build sees.</param>
/// <param name="Dockerfile">Path of the Dockerfile.</param>
/// <param name="Tags">References that it gets, e.g. <c>127.0.0.1:5000/api:v1.2.3</c>.</param>
public sealed record ImageBuild(string Context, string Dockerfile, ImmutableArray<string> Tags)
{
    public ImmutableSortedDictionary<string, string> Arguments { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Network of the RUN steps; null: the engine's default.</summary>
    public string? Network { get; init; }
}

/// <param name="Reference"><c>repository@sha256:…</c>: what later stages run.</param>
/// <param name="Digest"><c>sha256:…</c>, as pushed and as the registry says it afterwards.</param>
/// <param name="Bytes">Size of the image at the engine, unpacked.</param>
public sealed record PushedImage(string Reference, string Digest, long Bytes);

/// <param name="Image"><c>repository@sha256:…</c>.</param>
public sealed record ContainerRun(string Name, string Image)
{
    public ImmutableArray<string> Arguments { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Environment { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Handed over by the client's environment: not in any process list.</summary>
    public ImmutableSortedDictionary<string, Secret> Secrets { get; init; } =
        ImmutableSortedDictionary<string, Secret>.Empty;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>e.g. <c>host</c>; null: the engine's default, where ports are published.</summary>
    public string? Network { get; init; }

    /// <summary>Port on loopback → port in the container.</summary>
    public ImmutableSortedDictionary<int, int> Ports { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    /// <summary><c>no</c>, <c>on-failure:3</c>, <c>unless-stopped</c> …</summary>
    public string Restart { get; init; } = "no";
}

/// <param name="Image">As it was started, e.g. <c>repository@sha256:…</c>.</param>
public sealed record ContainerState(
    string Id,
    string Name,
    string Image,
    bool IsRunning,
    int ExitCode,
    DateTimeOffset StartedAt,
    int Restarts,
    ImmutableSortedDictionary<string, string> Labels
);
