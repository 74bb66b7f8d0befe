using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Smoke;

namespace Slipway.Records;

/// <summary>How a deployment ended.</summary>
public enum DeploymentStatus
{
    Success,
    Failed,

    /// <summary>Its traffic was taken back; the version before it serves.</summary>
    RolledBack,
    Cancelled,
}

/// <summary>Composes the record of a deployment from what its stages wrote.</summary>
public static class DeploymentRecords
{
    /// <param name="recordStartedAt">When the stage Record began.</param>
    /// <param name="now">When the deployment is complete; the rollback window opens here.</param>
    /// <param name="failure">The stage that ended it; null when none did.</param>
    public static DeploymentRecord Compose(
        RunOutputs run,
        DeploymentStatus status,
        DateTimeOffset recordStartedAt,
        DateTimeOffset now,
        StageFailure? failure = null
    )
    {
        var release = run.Release;
        var canRollBack = status == DeploymentStatus.Success && release.PreviousVersion is not null;
        var window = run.Environment.RollbackWindow;
        return new DeploymentRecord
        {
            DeploymentId = release.DeploymentId,
            StartedAt = recordStartedAt,
            FinishedAt = now,
            Timestamp = now,
            Version = release.Version.FullVersion,
            Environment = release.Environment,
            Region = release.Region,
            Regions = Regions(run.Rollout),
            Status = TextOf(status),
            GitSha = release.CommitSha,
            GitRef = release.GitRef,
            TriggeredBy = release.TriggeredBy,
            ServicesDeployed = Services(run),
            DatabaseBackup = Backup(run),
            MigrationsApplied = run.Migration?.Applied.Length ?? 0,
            RolloutStages = Stages(run.Rollout),
            HealthChecks = Health(run.Smoke),
            RollbackAvailable = canRollBack,
            RollbackWindowMinutes = window.TotalMinutes,
            RollbackDeadline = canRollBack ? now + window : null,
            PreviousVersion = release.PreviousVersion?.FullVersion,
            ForceReason = ForceReasons(run),
            Failure = failure is null ? null : $"{failure.Stage}: {failure.Message}",
            DurationSeconds = Math.Round((now - release.StartedAt).TotalSeconds, 3),
            Digests = Digests(run),
        };
    }

    public static string TextOf(DeploymentStatus status) =>
        status switch
        {
            DeploymentStatus.Success => "success",
            DeploymentStatus.Failed => "failed",
            DeploymentStatus.RolledBack => "rolled_back",
            _ => "cancelled",
        };

    /// <summary>What the candidate really ran, which is nothing before the rollout.</summary>
    private static ImmutableArray<string> Services(RunOutputs run) =>
        run switch
        {
            { Rollout: null or { Outcome: StageOutcome.NotApplicable } } => [],
            { Images.Images: { IsDefaultOrEmpty: false } images } =>
            [
                .. images.Select(image => image.Service).Order(StringComparer.Ordinal),
            ],
            _ => [.. run.Environment.Services.Select(service => service.Name).Order(StringComparer.Ordinal)],
        };

    private static RecordedBackup? Backup(RunOutputs run) =>
        run.Backup is { BackupId: { } id, Location: { } location } backup
            ? new(id, location, backup.Timestamp ?? backup.FinishedAt)
            : null;

    private static ImmutableArray<RecordedRegion>? Regions(RolloutResult? rollout) =>
        rollout is { Waves.IsDefaultOrEmpty: false }
            ?
            [
                .. rollout.Waves.Select(wave => new RecordedRegion(
                    wave.Region,
                    JsonNamingPolicy.CamelCase.ConvertName(wave.Result.ToString()),
                    wave.Serving?.FullVersion
                )),
            ]
            : null;

    private static ImmutableArray<RecordedStage> Stages(RolloutResult? rollout) =>
        rollout is null
            ? []
            :
            [
                .. rollout.Stages.Select(stage => new RecordedStage(
                    stage.Stage,
                    stage.TrafficPercentage,
                    Math.Round(stage.DurationSeconds / 60, 3),
                    stage.Status,
                    stage.Region
                )),
            ];

    private static ImmutableSortedDictionary<string, string> Health(SmokeResult? smoke)
    {
        var health = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        health["smoke_tests"] = smoke switch
        {
            null or { Outcome: StageOutcome.NotApplicable } => "not_run",
            _ => smoke.Checks.All(check => check.Passed) ? "passed" : "failed",
        };
        foreach (var check in smoke?.Checks ?? [])
        {
            var key = check.Kind switch
            {
                SmokeKind.Health => SnakeCase(check.Name),
                SmokeKind.Database => "database",
                _ => null,
            };
            if (key is not null && (!health.TryGetValue(key, out var before) || before == "healthy"))
                health[key] = check.Passed ? "healthy" : "unhealthy";
        }
        return health.ToImmutable();
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_'));

    private static string? ForceReasons(RunOutputs run)
    {
        string?[] reasons =
        [
            run.Release.ForceReason,
            run.Plan?.AllowDestroyReason is { } destroy ? $"destroy allowed: {destroy}" : null,
            run.Migration?.ForceReason is { } unsafeMigration ? $"migration forced: {unsafeMigration}" : null,
        ];
        var given = reasons.Where(reason => !string.IsNullOrWhiteSpace(reason)).ToList();
        return given.Count == 0 ? null : string.Join("; ", given);
    }

    private static ImmutableSortedDictionary<string, string> Digests(RunOutputs run)
    {
        var digests = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add("apk", run.Apk?.Sha256);
        Add("plan", run.Plan?.PlanSha256);
        Add("backup", run.Backup?.ObjectSha256);
        Add("secrets", run.Checks?.SecretsSha256);
        foreach (var image in run.Images?.Images ?? [])
            digests[$"image:{image.Service}"] = image.Digest;
        return digests.ToImmutable();

        void Add(string name, string? sha256)
        {
            if (sha256 is not null)
                digests[name] = $"sha256:{sha256}";
        }
    }
}
