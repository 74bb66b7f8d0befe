using Cake.Frosting;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("BuildApk")]
[TaskDescription("Builds build_production.apk and verifies it: integrity, signature, identity, SDKs, size")]
[IsDependentOn(typeof(PreDeploymentChecks))]
public sealed class BuildApk : Stage<ApkArtifact>
{
    private const string Apk = "build/build_production.apk";

    protected override async Task<ApkArtifact> ExecuteAsync(StageRun run)
    {
        var release = await run.ReadAsync<Release>();
        if (run.Context.SubProject.Apk is not { } settings)
        {
            run.Info("the sub-project builds no APK (slipway.json: subProjects[].apk)");
            return new()
            {
                DeploymentId = run.Id,
                Outcome = StageOutcome.NotApplicable,
                Reason = "the sub-project builds no APK",
            };
        }
        var file = run.Folder.PlaceFor(Apk);
        await new CommitBuild(run.Context.Workbench.Runner, run.Context.Workbench.Git.ArchiveAsync).RunAsync(
            release.CommitSha,
            tree =>
                run.Context.Site.Prepare(
                    AndroidCommands.Build(settings, release.Version, AndroidVersionCode.Of(release.Version), file, tree)
                ),
            run.Line,
            run.Cancellation
        );
        var apk = await run.Context.Workbench.Android.InspectAsync(file, run.Cancellation);
        var checks = ApkRules.Check(apk, settings, release.Version);
        foreach (var check in checks)
            run.Info($"{check.Name}: {check.Detail}");
        if (checks.Where(check => check.Blocks).ToArray() is { Length: > 0 } broken)
            throw new PipelineException(
                $"the APK is not fit for {release.Version}: {string.Join("; ", broken.Select(check => $"{check.Name}: {check.Detail}"))}",
                next: "correct the build (slipway.json: subProjects[].apk.command) and deploy again"
            );
        await run.NoteAsync(Apk);
        return ApkBuild.Artifact(run.Id, Apk, apk, checks, release.CommitSha);
    }
}
