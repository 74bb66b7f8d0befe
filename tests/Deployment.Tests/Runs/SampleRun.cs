using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Backups;
using Slipway.Builds;
using Slipway.Checks;
using Slipway.Deployment.Tests.Environments;
using Slipway.Environments;
using Slipway.Infrastructure;
using Slipway.Migrations;
using Slipway.Releases;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Smoke;
using Slipway.Validation;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Runs;

/// <summary>A deployment of the sample product as its stages would write it.</summary>
internal static class SampleRun
{
    public const string Id = "deploy-20251121-103045-abc123";

    public static readonly DateTimeOffset Start = new(2025, 11, 21, 10, 30, 45, TimeSpan.Zero);

    public static readonly string Sha = "abc123def4567890abc123def4567890abc123de";

    private static readonly EnvironmentConfiguration Production = Configuration
        .Read(SampleTree.Shipped())
        .Demand()
        .Environment("production");

    public static RunOutputs Started { get; } =
        new(
            new Release
            {
                DeploymentId = Id,
                StartedAt = Start,
                FinishedAt = Start.AddSeconds(1.2),
                Version = ProjectVersion.Parse("v1.2.3"),
                CommitSha = Sha,
                GitRef = "refs/tags/v1.2.3",
                Environment = "production",
                Region = "us-east",
                PreviousVersion = ProjectVersion.Parse("v1.2.2"),
                PreviousCommitSha = new string('b', 40),
                TriggeredBy = "octocat",
                WorkflowRunId = "1234567890",
            },
            Production
        );

    public static RunOutputs Prepared { get; } =
        Started with
        {
            Checks = new ChecksResult
            {
                SecretsSha256 = new string('7', 64),
                DeploymentId = Id,
                StartedAt = At(1.2),
                FinishedAt = At(3),
                Checks =
                [
                    new("validate", CheckStatus.Passed, "success", "https://github.com/azora/sample/runs/1"),
                    new("working tree", CheckStatus.Warning, "2 files are changed"),
                ],
            },
            Apk = new ApkArtifact
            {
                DeploymentId = Id,
                StartedAt = At(3),
                FinishedAt = At(9.5),
                File = "build/build_production.apk",
                Sha256 = new string('1', 64),
                Bytes = 1_234_567,
                PackageId = "world.azora.sample",
                VersionName = "1.2.3",
                VersionCode = 1_002_003,
                MinSdk = 24,
                TargetSdk = 35,
                SignatureSchemes = ["v2", "v3"],
                Checks = [new("signature", CheckStatus.Passed, "v2, v3")],
            },
            Images = new ImageSet
            {
                DeploymentId = Id,
                StartedAt = At(3),
                FinishedAt = At(25),
                Images =
                [
                    new(
                        "web",
                        ImageKind.Docker,
                        "docker.io/azora/web@sha256:22",
                        "sha256:" + new string('2', 64),
                        ["1.2.3"],
                        9_000_000
                    ),
                    new(
                        "api_gateway",
                        ImageKind.Docker,
                        "docker.io/azora/api_gateway@sha256:33",
                        "sha256:" + new string('3', 64),
                        ["1.2.3"],
                        52_000_000
                    ),
                ],
            },
            Backup = new BackupResult
            {
                DeploymentId = Id,
                StartedAt = At(3),
                FinishedAt = At(40),
                BackupId = "backup-" + Id,
                Location = $"s3://azora-backups/prod/backup-{Id}.sql.gz",
                Timestamp = At(4),
                CompressedBytes = 267_000_000,
                SqlBytes = 751_000_000,
                ObjectSha256 = new string('4', 64),
                SqlSha256 = new string('5', 64),
                ServerVersion = "15.18",
                Lsn = "0/15D4F88",
                Tables = [new("public.users", 400_000, "123"), new("public.orders", 2_400_000, "456")],
                DumpSeconds = 10.8,
                Proof = new(
                    "dump-restore-dump",
                    true,
                    new string('5', 64),
                    new string('5', 64),
                    2,
                    2_800_000,
                    15.9,
                    25.1,
                    "identical SQL"
                ),
                RetainUntil = At(0).AddDays(365),
            },
            Plan = new InfrastructurePlan
            {
                DeploymentId = Id,
                StartedAt = At(3),
                FinishedAt = At(8),
                Workspace = "production",
                PlanFile = "plan/plan.tfplan",
                PlanSha256 = new string('6', 64),
                Changes = [new("module.ecs.aws_ecs_service.web", "aws_ecs_service", ["update"], false)],
            },
            Infrastructure = new InfrastructureOutputs
            {
                DeploymentId = Id,
                StartedAt = At(40),
                FinishedAt = At(60),
                Outputs = ImmutableSortedDictionary<string, JsonElement>.Empty,
                Applied = 1,
            },
            Migration = new MigrationResult
            {
                DeploymentId = Id,
                StartedAt = At(60),
                FinishedAt = At(62.5),
                BackupId = "backup-" + Id,
                Applied = [new("20250415080000", "20250415080000_items_stock.sql", MigrationClass.Expand, 0.8)],
                Findings = [],
            },
        };

    public static RunOutputs Finished { get; } =
        Prepared with
        {
            Rollout = new RolloutResult
            {
                DeploymentId = Id,
                StartedAt = At(62.5),
                FinishedAt = At(1862.5),
                Result = RolloutOutcome.Promoted,
                Serving = ProjectVersion.Parse("v1.2.3"),
                Warm = ProjectVersion.Parse("v1.2.2"),
                WarmUntil = At(1862.5).AddHours(1),
                Stages =
                [
                    new("canary", 5, At(62.5), 300, "healthy", 750, 0, 14_250, 14, "p = 1, no sign of a regression"),
                    new(
                        "progressive",
                        50,
                        At(362.5),
                        600,
                        "healthy",
                        15_000,
                        15,
                        15_000,
                        16,
                        "p = 1, no sign of a regression"
                    ),
                    new("full", 100, At(962.5), 900, "healthy", 45_000, 44, 0, 0, "p = 1, no sign of a regression"),
                ],
            },
            Smoke = new SmokeResult
            {
                DeploymentId = Id,
                StartedAt = At(1862.5),
                FinishedAt = At(1864),
                Checks =
                [
                    new(
                        "api-gateway",
                        SmokeKind.Health,
                        "https://azora.world/api/health",
                        true,
                        "200, version 1.2.3",
                        38
                    ),
                    new("web", SmokeKind.Health, "https://azora.world/health", true, "200, version 1.2.3", 12),
                    new("database", SmokeKind.Database, "app at db.internal", true, "answers", 3),
                    new("front page", SmokeKind.Endpoint, "https://azora.world/", true, "200", 21),
                ],
            },
            Validation = new ValidationResult
            {
                DeploymentId = Id,
                StartedAt = At(1864),
                FinishedAt = At(1890),
                Platform = "web",
                PlatformReason = "no Android device or emulator answers",
                ApkSha256 = new string('1', 64),
                FrontendMayDeploy = true,
                Flows =
                [
                    new(
                        "enrol-and-see-course.yml",
                        0,
                        8_200,
                        "12 steps",
                        ["validation/enrol/enrolled.png", "validation/enrol/maestro.log"]
                    ),
                    new("browse-marketplace.yml", 0, 5_100, "7 steps", ["validation/browse/found.png"]),
                ],
            },
        };

    public static StageFailure SmokeFailure { get; } =
        new(
            "Smoke",
            "api_gateway answers 503 at https://azora.world/api/health",
            At(1864),
            "200 with version 1.2.3",
            $"./build.sh --target=Smoke --exclusive --deployment-id={Id}",
            "curl -fsS https://azora.world/api/health",
            22,
            "curl: (22) The requested URL returned error: 503"
        );

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);
}
