using System.Collections.Immutable;
using Slipway.Validation;

namespace Slipway.Tools;

public enum FlowPlatform
{
    Web,
    Android,
}

/// <summary>One run of a platform's flows against a deployed system.</summary>
/// <param name="Workspace">
/// Folder of the flows, e.g. <c>.maestro</c>. The flows of a platform are in <c>web/</c> or <c>android/</c> below it, or,
/// where there is no such folder, all that is in it.
/// </param>
/// <param name="Output">Folder for reports, screenshots and logs; emptied first.</param>
/// <param name="ArtifactRoot">The folder that artefact paths are relative to: the run folder.</param>
/// <param name="BaseUrl">Where the product answers, without a trailing slash.</param>
/// <param name="Version">The version that has to be there, without <c>v</c>.</param>
public sealed record FlowRun(
    FlowPlatform Platform,
    string Workspace,
    string Output,
    string ArtifactRoot,
    Uri BaseUrl,
    string Version
)
{
    /// <summary>Folder of the flows of <see cref="Platform"/>.</summary>
    public string Flows => Path.Combine(Workspace, Folder) is var own && Directory.Exists(own) ? own : Workspace;

    /// <summary>Program of the browser; web only.</summary>
    public string Browser { get; init; } = "/usr/bin/chromium";

    /// <summary>Serial number of the device; Android only.</summary>
    public string? Device { get; init; }

    /// <summary>The APK that is installed first; Android only.</summary>
    public string? Apk { get; init; }

    /// <summary>Leaves what the flows made in the database: it expires by itself.</summary>
    public bool SkipDataCleanup { get; init; } = true;

    /// <summary>Of the whole run; a flow that has not ended by then failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    private string Folder => Platform == FlowPlatform.Web ? "web" : "android";

    /// <summary>Further variables that flows may use; never a secret: they stand in a process list.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <param name="Flows">One per flow file, in the order of their names; a flow without a result of its own failed.</param>
/// <param name="JUnit">Path relative to the artefact root; null when the runner died before it wrote one.</param>
/// <param name="Artifacts">Files of the whole run: the runner's log and report.</param>
public sealed record FlowReport(ImmutableArray<FlowResult> Flows, string? JUnit, ImmutableArray<string> Artifacts)
{
    public bool Passed => Flows.Length > 0 && Flows.All(flow => flow.ExitCode == 0);
}
