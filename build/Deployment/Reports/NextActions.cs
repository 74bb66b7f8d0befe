using System.Collections.Immutable;
using Slipway.Records;

namespace Slipway.Reports;

/// <param name="Text">What it does.</param>
/// <param name="Command">What to type; null where there is nothing to type.</param>
public sealed record NextAction(string Text, string? Command);

/// <summary>What to do after a deployment, most urgent first.</summary>
internal static class NextActions
{
    public static ImmutableArray<NextAction> Of(DeploymentReport report)
    {
        var release = report.Run.Release;
        var at = $"--environment={release.Environment}" + (release.Region is null ? "" : $" --region={release.Region}");
        var actions = ImmutableArray.CreateBuilder<NextAction>();
        if (report.IsHeld)
        {
            actions.Add(
                report.Failure?.Next is { } next
                    ? new($"Go on with {report.Failure.Stage}", next)
                    : new("Go on with the next stage", $"./build.sh --target=Promote {at}")
            );
            actions.Add(new("Take the candidate back", $"./build.sh --target=Abort {at}"));
        }
        else if (report.Status == DeploymentStatus.Success)
            AddAfterSuccess(report, at, actions);
        else
            AddAfterFailure(report, at, actions);
        return actions.ToImmutable();
    }

    private static void AddAfterSuccess(DeploymentReport report, string at, ImmutableArray<NextAction>.Builder actions)
    {
        var release = report.Run.Release;
        if (report.Run.Record?.RollbackDeadline is { } deadline)
            actions.Add(
                new(
                    $"Take it back until {Quantities.Instant(deadline)}, without a redeployment",
                    $"./build.sh --target=Rollback {at}"
                )
            );
        if (!release.Version.IsPrerelease)
            actions.Add(
                new(
                    "Mark the version stable once it has proven itself",
                    $"./build.sh --target=MarkState --version={release.Version} --state=stable"
                )
            );
        actions.Add(new("See what runs where", $"./build.sh --target=Status {at}"));
    }

    private static void AddAfterFailure(DeploymentReport report, string at, ImmutableArray<NextAction>.Builder actions)
    {
        var release = report.Run.Release;
        if (report.Failure?.Next is { } next)
            actions.Add(new($"Correct what failed in {report.Failure.Stage}", next));
        if (report.Status is DeploymentStatus.Failed or DeploymentStatus.Cancelled)
            actions.Add(
                new(
                    "Go on where it stopped; finished stages are not repeated",
                    $"./build.sh --target=Deploy {at} --deployment-id={release.DeploymentId} --resume"
                )
            );
        actions.Add(new("See what runs where", $"./build.sh --target=Status {at}"));
        if (!release.Version.IsPrerelease && report.Status != DeploymentStatus.Cancelled)
            actions.Add(
                new(
                    "Keep others from deploying this version",
                    $"./build.sh --target=MarkState --version={release.Version} --state=unstable"
                )
            );
    }
}
