using System.Security.Cryptography;
using Slipway.Outcomes;
using Slipway.Runs;

namespace Slipway.Tools;

/// <summary>The folder of one deployment: all that passes between stages, jobs and machines.</summary>
/// <param name="path">The folder itself, <c>deployment-logs/&lt;deployment-id&gt;</c>.</param>
/// <param name="redact">Every text passes here before it is written: what a stage was told may hold a secret.</param>
public sealed class RunFolder(string path, string deploymentId, IStageFormat format, Func<string, string> redact)
{
    /// <summary>Bytes; a stage file is a summary, and one that is larger is damaged or foreign.</summary>
    private const long LargestStageFile = 64 * 1024 * 1024;

    private static readonly Dictionary<string, string> Stages = new(StringComparer.Ordinal)
    {
        ["release.json"] = "ValidateRelease",
        ["checks.json"] = "PreDeploymentChecks",
        ["build/apk.json"] = "BuildApk",
        ["build/images.json"] = "BuildImages",
        ["backup/backup.json"] = "Backup",
        ["plan/plan.json"] = "TerraformPlan",
        ["deploy/outputs.json"] = "TerraformDeploy",
        ["migration/migration.json"] = "Migrate",
        ["rollout/rollout.json"] = "Rollout",
        ["smoke/smoke.json"] = "Smoke",
        ["validation/validation.json"] = "ProductionValidation",
        ["record.json"] = "Record",
    };

    /// <summary>Absolute.</summary>
    public string Root { get; } = Path.GetFullPath(path);

    public string DeploymentId { get; } = deploymentId;

    /// <summary>Absolute path of a file in the run folder.</summary>
    /// <exception cref="PipelineException">The path leads out of the folder.</exception>
    public string PathOf(string relative) => ContainedPath.Resolve(Root, relative);

    /// <summary>Absolute path of a file that a program is about to make: its folder is there.</summary>
    public string PlaceFor(string relative)
    {
        var file = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }

    /// <summary>Whether a file is in the run folder.</summary>
    public bool Has(string relative) => File.Exists(PathOf(relative));

    /// <summary>A text of the run folder; null when it is not there or larger than that.</summary>
    public async Task<string?> TryReadTextAsync(string relative, long largest, CancellationToken cancellation)
    {
        var file = new FileInfo(PathOf(relative));
        return file.Exists && file.Length <= largest ? await File.ReadAllTextAsync(file.FullName, cancellation) : null;
    }

    /// <exception cref="PipelineException">Missing (names the stage to run), damaged, or of another deployment.</exception>
    public T Read<T>()
        where T : StageOutput, IStageFile =>
        TryRead<T>()
        ?? throw new PipelineException(
            $"{T.FileName} is missing in {Root}",
            $"the output of {StageOf(T.FileName)}",
            $"./build.sh --target={StageOf(T.FileName)} --exclusive --deployment-id={DeploymentId}"
        );

    /// <summary>Null when the stage has not written its file.</summary>
    /// <exception cref="PipelineException">Damaged, or of another deployment.</exception>
    public T? TryRead<T>()
        where T : StageOutput, IStageFile
    {
        var file = new FileInfo(PathOf(T.FileName));
        if (!file.Exists)
            return null;
        if (file.Length > LargestStageFile)
            throw Damaged<T>($"it has {file.Length} bytes", null);
        try
        {
            var text = new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(
                File.ReadAllBytes(file.FullName)
            );
            return format.Read<T>(text, DeploymentId);
        }
        catch (System.Text.DecoderFallbackException invalid)
        {
            throw Damaged<T>("it is not UTF-8", invalid);
        }
    }

    /// <summary>Writes the stage's file atomically: a reader finds the old one or the new, never a part.</summary>
    public Task WriteAsync<T>(T output, CancellationToken cancellation)
        where T : StageOutput, IStageFile
    {
        if (output.DeploymentId != DeploymentId)
            throw new PipelineException(
                $"{T.FileName} of deployment {output.DeploymentId} was to be written into the run folder of {DeploymentId}"
            );
        return WriteTextAsync(T.FileName, format.Write(output), cancellation);
    }

    /// <summary>Writes a text for people (a report) atomically.</summary>
    public Task WriteTextAsync(string relative, string text, CancellationToken cancellation) =>
        AtomicFile.WriteAsync(PathOf(relative), redact(text), cancellation);

    /// <summary>A file of lines that grows while a stage runs.</summary>
    public LineLog OpenLines(string relative) => new(PathOf(relative), redact);

    /// <summary>An output as it is written, so that what leaves by another way (the ledger) holds no more than the file.</summary>
    public T Redacted<T>(T output)
        where T : StageOutput, IStageFile => format.Read<T>(redact(format.Write(output)), DeploymentId);

    /// <summary>SHA-256 of a file in the run folder, lower-case hex; null when it is not there.</summary>
    public async Task<string?> Sha256Async(string relative, CancellationToken cancellation)
    {
        var file = PathOf(relative);
        if (!File.Exists(file))
            return null;
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    /// <summary>Files that differ from what a stage recorded, or are gone: empty when its output still holds.</summary>
    public async Task<IReadOnlyList<string>> ChangedFilesAsync(StageOutput output, CancellationToken cancellation)
    {
        var changed = new List<string>();
        foreach (var (file, sha256) in output.Files)
            if (await Sha256Async(file, cancellation) != sha256)
                changed.Add(file);
        return changed;
    }

    private static string StageOf(string fileName) => Stages.GetValueOrDefault(fileName, fileName);

    private PipelineException Damaged<T>(string why, Exception? inner)
        where T : StageOutput, IStageFile =>
        new(
            $"{T.FileName} in {Root} is damaged: {why}",
            $"the output of {StageOf(T.FileName)}",
            $"./build.sh --target={StageOf(T.FileName)} --exclusive --deployment-id={DeploymentId}",
            inner
        );
}
