using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>All run folders of this checkout: <c>deployment-logs/</c>, or what <c>DEPLOYMENT_LOG_DIR</c> says.</summary>
/// <param name="redact">Every text passes here before it is written.</param>
public sealed partial class RunFolders(string root, IStageFormat format, Func<string, string> redact)
{
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Deployment ids, newest first (the id begins with its time).</summary>
    public ImmutableArray<string> List()
    {
        if (!Directory.Exists(Root))
            return [];
        return
        [
            .. Directory
                .EnumerateDirectories(Root)
                .Select(folder => Path.GetFileName(folder))
                .Where(IsDeploymentId)
                .OrderDescending(StringComparer.Ordinal),
        ];
    }

    /// <summary>The newest run, or null.</summary>
    public RunFolder? Latest() => List() is [var newest, ..] ? At(newest) : null;

    /// <exception cref="PipelineException">No deployment id, or no such run.</exception>
    public RunFolder Open(string deploymentId)
    {
        var folder = At(deploymentId);
        if (Directory.Exists(folder.Root))
            return folder;
        var known = List();
        throw new PipelineException(
            ExitCode.Usage,
            $"there is no run folder {folder.Root}",
            known.IsEmpty ? "no run has been made yet" : $"one of {string.Join(", ", known.Take(5))}",
            known.IsEmpty ? "./build.sh --target=Deploy" : $"--deployment-id={known[0]}"
        );
    }

    /// <summary>Makes the folder of a new deployment.</summary>
    /// <exception cref="PipelineException">No deployment id, or it has been used.</exception>
    public RunFolder Create(string deploymentId)
    {
        var folder = At(deploymentId);
        if (Directory.Exists(folder.Root) && Directory.EnumerateFileSystemEntries(folder.Root).Any())
            throw new PipelineException(
                $"the run folder {folder.Root} exists already",
                "an id that no run has used",
                $"--resume --deployment-id={deploymentId}"
            );
        Directory.CreateDirectory(folder.Root);
        return folder;
    }

    private RunFolder At(string deploymentId)
    {
        if (!IsDeploymentId(deploymentId))
            throw new PipelineException(
                ExitCode.Usage,
                $"«{deploymentId}» is no deployment id",
                "deploy-yyyyMMdd-HHmmss-<first 6 of the sha>"
            );
        return new RunFolder(Path.Combine(Root, deploymentId), deploymentId, format, redact);
    }

    private static bool IsDeploymentId(string text) => DeploymentId().IsMatch(text);

    [GeneratedRegex(
        @"\Adeploy-[0-9]{8}-[0-9]{6}-[0-9a-f]{6}(-[0-9]{1,4})?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex DeploymentId();
}
