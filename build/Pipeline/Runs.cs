using System.Collections.Immutable;
using Slipway.Outcomes;
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
            return request.Resume && folders.Latest() is { } latest ? Use(latest) : null;
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

    private RunFolder Use(RunFolder folder)
    {
        _current = folder;
        onOpen(folder.PathOf("logs"));
        return folder;
    }
}
