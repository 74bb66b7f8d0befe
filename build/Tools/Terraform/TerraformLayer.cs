using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>A layer of an environment: where its files are, where terraform may write, what it is given.</summary>
/// <param name="Folder">The layer's folder; terraform leaves nothing in it.</param>
/// <param name="DataFolder">terraform's own files; one per environment, so that two never collide.</param>
public sealed record TerraformLayer(string Folder, string DataFolder)
{
    /// <summary>Settings of the backend that are not secret, e.g. <c>path</c> of a local state.</summary>
    public ImmutableSortedDictionary<string, string> BackendConfig { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Environment variables for the backend and the providers, e.g. <c>PG_CONN_STR</c>.</summary>
    public ImmutableSortedDictionary<string, Secret> Credentials { get; init; } =
        ImmutableSortedDictionary<string, Secret>.Empty;

    /// <summary>Null: the default workspace.</summary>
    public string? Workspace { get; init; }

    public string? VariablesFile { get; init; }

    /// <summary>Input variables; lists and maps as JSON.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, Secret> SecretVariables { get; init; } =
        ImmutableSortedDictionary<string, Secret>.Empty;

    /// <summary>How long to wait for the state's lock.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <param name="PlanFile">Where the plan goes. It holds sensitive values in clear.</param>
public sealed record PlanRequest(string PlanFile)
{
    /// <summary>Addresses to replace even if they have not changed.</summary>
    public ImmutableArray<string> Replace { get; init; } = [];

    /// <summary>A plan that removes everything.</summary>
    public bool Destroy { get; init; }
}

/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Line">1-based; null when the finding has no place.</param>
public sealed record TerraformDiagnostic(string Severity, string Summary, string Detail, string? File, int? Line);

/// <summary>The outputs of a layer. A sensitive one that is no string is its JSON text.</summary>
public sealed record TerraformOutputs(
    ImmutableSortedDictionary<string, JsonElement> Plain,
    ImmutableSortedDictionary<string, Secret> Sensitive
);
