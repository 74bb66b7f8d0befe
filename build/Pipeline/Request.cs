using System.Collections.Immutable;
using Cake.Core;
using Slipway.Outcomes;

namespace Slipway.Pipeline;

/// <summary>How an argument is written.</summary>
public enum ArgumentForm
{
    /// <summary><c>--name</c>.</summary>
    Flag,

    /// <summary><c>--name=value</c>.</summary>
    Value,
}

/// <summary>One argument of the pipeline, declared once: the host refuses every other, help prints these.</summary>
/// <param name="Validate">Null when the value is fine, else what is expected.</param>
/// <param name="Secret">Whether what was typed must not be repeated in a message.</param>
public sealed record RequestArgument(
    string Name,
    ArgumentForm Form,
    string ValueName,
    string Description,
    ImmutableArray<string> Choices = default,
    Func<string, string?>? Validate = null,
    bool Secret = false
);

/// <summary>What was asked for on the command line, typed.</summary>
public sealed record Request
{
    public static ImmutableArray<RequestArgument> Arguments { get; } =
    [
        new(
            "environment",
            ArgumentForm.Value,
            "ENV",
            "environment to act on (a folder below environments/); default: slipway.json's"
        ),
        new("project", ArgumentForm.Value, "PATH", "sub-project, as its tags are prefixed; default: the root"),
        new(
            "version",
            ArgumentForm.Value,
            "TAG",
            "version tag to release, e.g. v1.2.3 or api/v1.2.3; default: the one at HEAD"
        ),
        new(
            "region",
            ArgumentForm.Value,
            "REGION",
            "one region of the environment; default: all, in the order of their waves"
        ),
        new("deployment-id", ArgumentForm.Value, "ID", "run folder to work in, for a single stage or another machine"),
        new(
            "resume",
            ArgumentForm.Flag,
            "",
            "go on with the last unfinished deployment; stages whose output still holds are not repeated"
        ),
        new("engine", ArgumentForm.Value, "ENGINE", "how services run in the sandbox", ["process", "docker"]),
        new(
            "sandbox-fault",
            ArgumentForm.Value,
            "FAULT",
            "a fault of the candidate, e.g. errors:5%, errors:60%:40s, latency:+50%, crash, broken-migration; errors:60%@eu-west hits one region (sandbox only)"
        ),
        new("backup", ArgumentForm.Value, "ID", "backup to restore, e.g. backup-deploy-20260131-120000-abc123"),
        new("yes", ArgumentForm.Flag, "", "approve what the environment asks a person for; needs --reason"),
        new("force", ArgumentForm.Flag, "", "override a refusal that can be overridden; needs --reason"),
        new("reason", ArgumentForm.Value, "TEXT", "why: stands in the record of the deployment"),
        new(
            "allow-destroy",
            ArgumentForm.Flag,
            "",
            "let the Terraform plan destroy or replace protected resources; needs --reason"
        ),
        new(
            "filter",
            ArgumentForm.Value,
            "EXPRESSION",
            "with Test: which tests to run, as dotnet test --filter takes it"
        ),
        new(
            "optional",
            ArgumentForm.Flag,
            "",
            "with Bootstrap: also what only this repository's own suite needs (a registry, age, prometheus, aws)"
        ),
        new(
            "accept-low-traffic",
            ArgumentForm.Flag,
            "",
            "let a rollout stage pass with fewer requests than it asks for"
        ),
        new("full", ArgumentForm.Flag, "", "with Promote: all traffic to the candidate, not only its next stage"),
        new(
            "watch",
            ArgumentForm.Flag,
            "",
            "with Status: follow what is under way until it ends; with Deploy: go on with the target Watch"
        ),
        new("verify", ArgumentForm.Flag, "", "with Status: walk the ledger's chain, and fail on what was changed"),
        new("exclude-unstable", ArgumentForm.Flag, "", "with Rollback: a version marked unstable is no target"),
        new("cold", ArgumentForm.Flag, "", "with Rollback: start the older version anew, though one is still warm"),
        new(
            "restore-database",
            ArgumentForm.Flag,
            "",
            "with Rollback: restore the backup that the deployment made before it migrated"
        ),
        .. SecretsRequest.Arguments,
    ];

    public string? Environment { get; init; }

    /// <summary>Path of the sub-project; null for the only one, or the root.</summary>
    public string? Project { get; init; }

    public string? Version { get; init; }

    public string? Region { get; init; }

    public string? DeploymentId { get; init; }

    public bool Resume { get; init; }

    public string? Engine { get; init; }

    public string? SandboxFault { get; init; }

    /// <summary>Id of a backup in the environment's store; null takes the one of <see cref="DeploymentId"/>.</summary>
    public string? Backup { get; init; }

    public bool Yes { get; init; }

    public bool Force { get; init; }

    public string? Reason { get; init; }

    public bool AllowDestroy { get; init; }

    public bool Optional { get; init; }

    public string? TestFilter { get; init; }

    public bool AcceptLowTraffic { get; init; }

    /// <summary><c>Promote</c>: all traffic, not one stage.</summary>
    public bool Full { get; init; }

    public bool Watch { get; init; }

    public bool Verify { get; init; }

    public bool ExcludeUnstable { get; init; }

    public bool Cold { get; init; }

    public bool RestoreDatabase { get; init; }

    /// <summary>The host's <c>--json</c>: what a target prints is for a program.</summary>
    public bool Json { get; init; }

    /// <summary>What the target Secrets is to do.</summary>
    public SecretsRequest Secrets { get; init; } = new(SecretsAction.Check);

    /// <exception cref="PipelineException">Arguments that do not go together.</exception>
    public static Request From(ICakeArguments arguments)
    {
        string? Value(string name) =>
            arguments.GetArguments(name).LastOrDefault() is { Length: > 0 } value ? value : null;
        bool Flag(string name) =>
            arguments.HasArgument(name) && !string.Equals(Value(name), "false", StringComparison.OrdinalIgnoreCase);

        var request = new Request
        {
            Environment = Value("environment"),
            Project = Value("project"),
            Version = Value("version"),
            Region = Value("region"),
            DeploymentId = Value("deployment-id"),
            Resume = Flag("resume"),
            Engine = Value("engine"),
            SandboxFault = Value("sandbox-fault"),
            Backup = Value("backup"),
            Yes = Flag("yes"),
            Force = Flag("force"),
            Reason = Value("reason"),
            AllowDestroy = Flag("allow-destroy"),
            Optional = Flag("optional"),
            TestFilter = Value("filter"),
            AcceptLowTraffic = Flag("accept-low-traffic"),
            Full = Flag("full"),
            Watch = Flag("watch"),
            Verify = Flag("verify"),
            ExcludeUnstable = Flag("exclude-unstable"),
            Cold = Flag("cold"),
            RestoreDatabase = Flag("restore-database"),
            Json = Flag("json"),
            Secrets = SecretsRequest.From(Value, Flag),
        };
        if ((request.Yes || request.Force || request.AllowDestroy) && request.Reason is null)
            throw new PipelineException(
                ExitCode.Usage,
                "an override was asked for without a reason",
                "--yes, --force and --allow-destroy stand in the record with --reason=TEXT",
                "add --reason='why this is right'"
            );
        return request;
    }
}
