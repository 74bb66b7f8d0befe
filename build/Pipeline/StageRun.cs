using System.Collections.Immutable;
using Cake.Core.Diagnostics;
using Slipway.Backups;
using Slipway.Outcomes;
using Slipway.Runs;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>One execution of a stage: what it reads and makes in the run folder is noted, for <c>--resume</c> and for the audit.</summary>
public sealed class StageRun(DeploymentContext context)
{
    private SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private CancellationToken? _ended;

    public DeploymentContext Context => context;

    public DateTimeOffset StartedAt { get; private init; } = context.Time.GetUtcNow();

    public CancellationToken Cancellation => _ended ?? context.Cancellation;

    /// <summary>The same execution, ended by something else than the whole run, too.</summary>
    public StageRun Until(CancellationToken cancellation) =>
        new(context)
        {
            _files = _files,
            _ended = cancellation,
            StartedAt = StartedAt,
        };

    public RunFolder Folder => context.Runs.Current;

    public string Id => Folder.DeploymentId;

    /// <summary>Reads the output of a stage before; a missing one names the stage to run first.</summary>
    public async Task<T> ReadAsync<T>()
        where T : StageOutput, IStageFile
    {
        var output = Folder.Read<T>();
        await NoteAsync(T.FileName);
        return output;
    }

    /// <summary>Notes a file of the run folder that the stage read or made.</summary>
    public async Task<string> NoteAsync(string path) =>
        _files[path] =
            await Folder.Sha256Async(path, Cancellation)
            ?? throw new PipelineException($"{path} is not in the run folder {Folder.Root}, though it was just made");

    /// <summary>Everything that the stages have written so far.</summary>
    public RunOutputs Outputs() => context.OutputsOf(Folder);

    /// <summary>The gate before data is touched: a backup that was proved, or a first deployment that has none to make.</summary>
    public BackupProofRule ProofRule => new(FirstDeploymentAllowed: context.Product.OptionalStages.Contains("Backup"));

    /// <exception cref="PipelineException">Anything less than the rule demands.</exception>
    public void DemandBackup(BackupResult backup)
    {
        if (ProofRule.Judge(backup, Id, context.Time.GetUtcNow()).Refusal is { } refusal)
            throw new PipelineException(
                $"the data is not safe: {refusal}",
                "a backup of this deployment that was restored and compared",
                $"./build.sh --target=Backup --exclusive --deployment-id={Id}"
            );
    }

    /// <summary>The database that the infrastructure has brought.</summary>
    public async Task<Secret> DemandDatabaseAsync() =>
        await context.Site.DatabaseUrlAsync(Cancellation)
        ?? throw new PipelineException(
            $"the infrastructure of {context.Destination.Name} says no database",
            "the output or secret that environment.json names in database",
            $"./build.sh --target=TerraformDeploy --exclusive --deployment-id={Id}"
        );

    public void Info(string message) => context.Log.Information("{0}", message);

    public void Warn(string message) => context.Log.Warning("{0}", message);

    /// <summary>A line of a tool, for the log of the task.</summary>
    public void Line(OutputLine line) => context.Log.Verbose("{0}", line.Text);

    public Task WriteAsync<T>(T output)
        where T : StageOutput, IStageFile =>
        Folder.WriteAsync(
            output with
            {
                StartedAt = StartedAt,
                FinishedAt = context.Time.GetUtcNow(),
                Files = _files.ToImmutableSortedDictionary(StringComparer.Ordinal),
            },
            Cancellation
        );
}
