using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Runs;

namespace Slipway.Infrastructure;

/// <param name="Address">Terraform address, e.g. <c>module.db.aws_db_instance.main</c>.</param>
/// <param name="Actions">Terraform's own words: <c>create</c>, <c>update</c>, <c>delete</c>, <c>no-op</c>, <c>read</c>.</param>
/// <param name="IsProtected">Whether the configuration protects this address against destroy and replace.</param>
public sealed record ResourceChange(string Address, string Type, ImmutableArray<string> Actions, bool IsProtected)
{
    /// <summary>Destroyed, or replaced (destroyed and created).</summary>
    public bool IsDestructive => Actions.Contains("delete");
}

/// <summary>Output of TerraformPlan. The plan file itself holds sensitive values in clear and never leaves the machine.</summary>
public sealed record InfrastructurePlan : StageOutput, IStageFile
{
    public static string FileName => "plan/plan.json";

    public string? Workspace { get; init; }

    /// <summary>Path of the plan file in the run folder; null when there is nothing to apply or no layer.</summary>
    public string? PlanFile { get; init; }

    public string? PlanSha256 { get; init; }

    public string? TerraformVersion { get; init; }

    public ImmutableArray<ResourceChange> Changes { get; init; } = [];

    /// <summary>How to get back: the changes that would undo this plan, and the commit to plan from.</summary>
    public ImmutableArray<ResourceChange> RollbackChanges { get; init; } = [];

    public string? RollbackCommitSha { get; init; }

    /// <summary>Reason given with <c>--allow-destroy</c>; null when nothing protected is destroyed.</summary>
    public string? AllowDestroyReason { get; init; }
}

/// <summary>Output of TerraformDeploy: the outputs that are not sensitive, as JSON values.</summary>
public sealed record InfrastructureOutputs : StageOutput, IStageFile
{
    public static string FileName => "deploy/outputs.json";

    public required ImmutableSortedDictionary<string, JsonElement> Outputs { get; init; }

    /// <summary>Names of sensitive outputs: their values are read when needed and never written.</summary>
    public ImmutableArray<string> SensitiveOutputs { get; init; } = [];

    public int Applied { get; init; }
}
