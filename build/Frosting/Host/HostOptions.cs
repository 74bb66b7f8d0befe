using System.Collections.Immutable;
using System.Reflection;
using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>Everything that a program says about its host, before the command line is read.</summary>
internal sealed class HostOptions
{
    public List<Assembly> Assemblies { get; } = [];

    /// <summary>Null: nothing was declared, and unknown arguments pass, as in Cake.</summary>
    public ImmutableArray<ArgumentDeclaration>? Arguments { get; set; }

    /// <summary>What a user types to start the program; named in hints and in the completion script.</summary>
    public string CommandName { get; set; } = Assembly.GetEntryAssembly()?.GetName().Name ?? "build";

    public string Title { get; set; } = "";

    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    public CancellationToken Graceful { get; set; }

    public CancellationToken Forced { get; set; }

    public bool Signals { get; set; }

    /// <summary>How long the host waits for running tasks, and for the teardown, after a forced cancellation.</summary>
    public TimeSpan ForcedWait { get; set; } = TimeSpan.FromSeconds(5);

    public Func<string?>? LogDirectory { get; set; }

    public Dictionary<string, ImmutableHashSet<string>> ExclusiveResources { get; } =
        new(StringComparer.OrdinalIgnoreCase);

    public Func<IReadOnlyDictionary<string, double>>? Durations { get; set; }

    public Func<Exception, Failure?>? Failures { get; set; }

    public Func<string, string>? Redact { get; set; }

    public bool TargetMaySkip { get; set; }

    public Surroundings Surroundings { get; set; } = new();
}
