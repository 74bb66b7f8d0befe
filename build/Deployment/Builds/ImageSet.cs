using System.Collections.Immutable;
using Slipway.Runs;

namespace Slipway.Builds;

/// <summary>How a service travels: an image in a registry, or a bundle of files that runs as a process.</summary>
public enum ImageKind
{
    Docker,
    Bundle,
}

/// <param name="Service">Name of the service as in the environment's configuration.</param>
/// <param name="Reference">What to run: <c>registry/name@sha256:…</c>, or the bundle's path in the run folder.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits: the only name that later stages use.</param>
/// <param name="Tags">Names given for people (version, sha).</param>
public sealed record ServiceImage(
    string Service,
    ImageKind Kind,
    string Reference,
    string Digest,
    ImmutableArray<string> Tags,
    long Bytes
);

/// <summary>Output of BuildImages.</summary>
public sealed record ImageSet : StageOutput, IStageFile
{
    public static string FileName => "build/images.json";

    public required ImmutableArray<ServiceImage> Images { get; init; }
}
