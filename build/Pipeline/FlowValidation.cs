using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Pipeline.Sites;
using Slipway.Products;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Toolbox;
using Slipway.Tools;
using Slipway.Validation;

namespace Slipway.Pipeline;

/// <summary>Runs a sub-project's flows: on an Android device with the release's APK when there is one, else the web flows in a browser.</summary>
public sealed class FlowValidation(Workbench tools)
{
    /// <summary>In every region, one after the other: a device and a browser are there once.</summary>
    /// <exception cref="PipelineException">There are no flows, or the APK is not the one that was verified.</exception>
    public async Task<ValidationResult> RunAsync(
        SubProject project,
        RunFolder folder,
        Release release,
        ApkArtifact apk,
        ImmutableArray<Serving> sides,
        Action<OutputLine> onLine,
        CancellationToken cancellation
    )
    {
        var results = ImmutableArray.CreateBuilder<ValidationResult>();
        foreach (var side in sides)
            results.Add(await RunAsync(project, folder, release, apk, side, onLine, cancellation));
        return results[0] with
        {
            Flows = [.. results.SelectMany(result => result.Flows)],
            FrontendMayDeploy = results.All(result => result.FrontendMayDeploy),
        };
    }

    private async Task<ValidationResult> RunAsync(
        SubProject project,
        RunFolder folder,
        Release release,
        ApkArtifact apk,
        Serving side,
        Action<OutputLine> onLine,
        CancellationToken cancellation
    )
    {
        if (project.Flows is not { } flows)
            throw new PipelineException(
                "no flows are configured: nothing says whether the deployed system works for its users",
                "a folder of Maestro flows (slipway.json: subProjects[].flows)"
            );
        var file = apk.File is null ? null : await DemandApkAsync(folder, apk, cancellation);
        var devices = await tools.Android.DevicesAsync(tools.Root, cancellation);
        var device = file is null || devices.Ready.IsEmpty ? null : devices.Ready[0];
        var platform = device is null ? FlowPlatform.Web : FlowPlatform.Android;
        if (device is not null)
            await tools.Android.ReverseAsync(device, side.PublicUrl.Port, tools.Root, cancellation);
        var report = await tools.Maestro.RunAsync(
            new FlowRun(
                platform,
                tools.PathOf(Path.Combine(flows, platform == FlowPlatform.Web ? "web" : "android")),
                folder.PathOf(side.Region is null ? "validation/flows" : $"validation/flows/{side.Region}"),
                folder.Root,
                side.PublicUrl,
                release.Version.Number
            )
            {
                Browser = platform == FlowPlatform.Web ? tools.Installed.PathOf(ToolCatalogue.Chromium) : "",
                Device = device,
                Apk = device is null ? null : file,
            },
            onLine,
            cancellation
        );
        return new ValidationResult
        {
            DeploymentId = folder.DeploymentId,
            Platform = platform == FlowPlatform.Web ? "web" : "android",
            PlatformReason = device is null
                ? $"the web flows ran in a browser: {(file is null ? "the sub-project has no APK" : devices.Detail)}"
                : null,
            ApkSha256 = apk.Sha256,
            Flows = [.. report.Flows.Select(flow => flow with { Region = side.Region })],
            FrontendMayDeploy = report.Passed,
            JUnit = report.JUnit,
        };
    }

    private static async Task<string> DemandApkAsync(
        RunFolder folder,
        ApkArtifact apk,
        CancellationToken cancellation
    ) =>
        await folder.Sha256Async(apk.File!, cancellation) == apk.Sha256
            ? folder.PathOf(apk.File!)
            : throw new PipelineException(
                $"{apk.File} is not the package that BuildApk verified",
                $"SHA-256 {apk.Sha256}",
                $"./build.sh --target=BuildApk --exclusive --deployment-id={folder.DeploymentId}"
            );
}
