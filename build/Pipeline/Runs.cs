using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// The run folder that this process works in: named on the command line, found for <c>--resume</c>, or opened once by
/// ValidateRelease. The folder's content is all that travels between stages.
/// </summary>
public sealed class Runs(RunFolders folders, Request request, Action<string> onOpen)
{
    private readonly Lock _gate = new();
    private RunFolder? _current;

    /// <summary>Ids of all runs, newest first.</summary>
    public ImmutableArray<string> Ids => folders.List();

    public string Root => folders.Root;

    /// <summary>The run to work in, or null while a new one is still to be opened.</summary>
    public RunFolder? Find()
    {
        lock (_gate)
        {
            if (_current is not null)
                return _current;
            if (request.DeploymentId is { } id)
                return Use(folders.Open(id));
            return request.Resume && LatestOfVersion() is { } latest ? Use(latest) : null;
        }
    }

    /// <summary>A run that is read or added to, without this process working in it.</summary>
    public RunFolder At(string deploymentId) => folders.Open(deploymentId);

    /// <summary>The run that this process works in so far; null when it has not come to one.</summary>
    public RunFolder? Opened
    {
        get
        {
            lock (_gate)
                return _current;
        }
    }

    /// <exception cref="PipelineException">No run was named, and none has been opened.</exception>
    public RunFolder Current =>
        Find()
        ?? throw new PipelineException(
            ExitCode.Usage,
            "no deployment to work on",
            $"a single stage works in the run folder of a deployment, below {folders.Root}",
            Ids is [var newest, ..] ? $"--deployment-id={newest}" : "./build.sh --target=Deploy"
        );

    /// <summary>Opens the folder of a new deployment; once per process.</summary>
    public RunFolder Open(string deploymentId)
    {
        lock (_gate)
            return Use(folders.Create(deploymentId));
    }

    /// <summary>The run that is named, or the newest if it did not end well and is about the version that is asked for.</summary>
    public RunFolder? FindUnfinished() => request.DeploymentId is { } id ? folders.Open(id) : Unfinished();

    /// <summary>The newest deployment to an environment, finished or not; null when none was made from here.</summary>
    public RunFolder? Newest(string environment) => Newest(environment, _ => true);

    /// <summary>The newest deployment to an environment that is as asked for.</summary>
    /// <param name="file">Relative path of a file that must be there.</param>
    public RunFolder? Newest(string environment, Func<Release, bool> isWanted, string? file = null) =>
        Ids.Select(folders.Open)
            .FirstOrDefault(folder =>
                (file is null || folder.Has(file))
                && Peek<Release>(folder) is { } release
                && release.Environment == environment
                && isWanted(release)
            );

    /// <summary>A run folder to look at; this process does not work in it.</summary>
    public RunFolder Look(string deploymentId) => folders.Open(deploymentId);

    /// <summary>A stage's output, or null when it is not there or not whole: for a view, never for a decision.</summary>
    public static T? Peek<T>(RunFolder folder)
        where T : StageOutput, IStageFile
    {
        try
        {
            return folder.TryRead<T>();
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private RunFolder? Unfinished() =>
        LatestOfVersion() is { } latest
        && latest.TryRead<DeploymentRecord>()?.Status != DeploymentRecords.TextOf(DeploymentStatus.Success)
            ? latest
            : null;

    /// <summary>
    /// The newest run, unless another version is asked for. One that is recorded as succeeded may still lack its report,
    /// and --resume never begins the same version anew beside it.
    /// </summary>
    private RunFolder? LatestOfVersion() =>
        folders.Latest() is { } latest
        && (
            request.Version is not { } version
            || latest.TryRead<Release>() is not { } release
            || release.Version.FullVersion == version
        )
            ? latest
            : null;

    private RunFolder Use(RunFolder folder)
    {
        _current = folder;
        onOpen(folder.PathOf("logs"));
        return folder;
    }
}
