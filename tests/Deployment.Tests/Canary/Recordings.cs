using System.Collections.Immutable;
using Slipway.Canary;
using Slipway.Deployment.Tests.Environments;

namespace Slipway.Deployment.Tests.Canary;

/// <summary>
/// Tick logs of real rollouts in the sandbox, as the pipeline wrote them: <c>promoted</c> of a good release,
/// <c>taken-back</c> of one with <c>--sandbox-fault=errors:30%</c>, in the region us-east.
/// </summary>
internal static class Recordings
{
    public static ImmutableArray<TickLine> Read(string name) =>
        TickLog.Read(
            File.ReadAllText(
                Path.Combine(SampleTree.Root, "tests", "Deployment.Tests", "Canary", "Recordings", name + ".ndjson")
            )
        );
}
