using System.Collections.Immutable;
using Cake.Core.Diagnostics;
using Cake.Frosting;

namespace Slipway.Host;

/// <summary>What this host knows beyond the package Cake.Frosting. A program calls it from one file that the package build leaves out.</summary>
public static class HostExtensions
{
    /// <summary>Declares the arguments of the program. From then on an argument that is neither declared nor the host's own is refused.</summary>
    public static CakeHost UseArguments(this CakeHost host, IEnumerable<ArgumentDeclaration> arguments) =>
        host.With(options => options.Arguments = [.. options.Arguments ?? [], .. arguments]);

    /// <summary>The command that starts the program (<c>./build.sh</c>) and a line about what it is, for help and hints.</summary>
    public static CakeHost UseCommandName(this CakeHost host, string command, string title = "") =>
        host.With(options => (options.CommandName, options.Title) = (command, title));

    /// <summary>How much is printed when <c>--verbosity</c> says nothing.</summary>
    public static CakeHost UseVerbosity(this CakeHost host, Verbosity verbosity) =>
        host.With(options => options.Verbosity = verbosity);

    /// <summary>
    /// Ctrl-C and SIGTERM (and the closing of the terminal) cancel the run: the first gracefully, the second by force.
    /// </summary>
    public static CakeHost UseSignals(this CakeHost host) => host.With(options => options.Signals = true);

    /// <param name="graceful">Nothing new starts, running tasks see <see cref="RunCancellation.Token"/>, the teardown runs; exit code 130.</param>
    /// <param name="force">The host waits no longer than <paramref name="forcedWait"/> for what still runs.</param>
    public static CakeHost UseCancellation(
        this CakeHost host,
        CancellationToken graceful,
        CancellationToken force,
        TimeSpan? forcedWait = null
    ) =>
        host.With(options =>
        {
            (options.Graceful, options.Forced) = (graceful, force);
            options.ForcedWait = forcedWait ?? options.ForcedWait;
        });

    /// <summary>
    /// The folder of <c>&lt;Task&gt;.log</c> and <c>timeline.json</c>, asked for once at the start of a run. Null where it is
    /// not known yet: a task then says it with <see cref="IRunLog.MoveTo"/>.
    /// </summary>
    public static CakeHost UseRunLog(this CakeHost host, Func<string?> directory) =>
        host.With(options => options.LogDirectory = directory);

    /// <summary>The named tasks share something that only one of them may use at a time.</summary>
    public static CakeHost UseExclusiveResource(this CakeHost host, string name, params string[] taskNames) =>
        host.With(options =>
            options.ExclusiveResources[name] = options
                .ExclusiveResources.GetValueOrDefault(name, [])
                .Union(taskNames)
                .WithComparer(StringComparer.OrdinalIgnoreCase)
        );

    /// <summary>Seconds that tasks took in earlier runs, by name: for the order of starts and for "usually" in the progress.</summary>
    public static CakeHost UseDurations(this CakeHost host, Func<IReadOnlyDictionary<string, double>> seconds) =>
        host.With(options => options.Durations = seconds);

    /// <summary>Translates the program's own exceptions into exit codes and texts. Null leaves an exception to the host.</summary>
    public static CakeHost UseFailures(this CakeHost host, Func<Exception, Failure?> failures) =>
        host.With(options => options.Failures = failures);

    /// <summary>Every text that the host prints or writes passes here first. Called from many threads.</summary>
    public static CakeHost UseRedaction(this CakeHost host, Func<string, string> redact) =>
        host.With(options => options.Redact = redact);

    /// <summary>Without it a target whose own <c>ShouldRun</c> answers no fails the run, as in Cake.</summary>
    public static CakeHost AllowSkippedTarget(this CakeHost host) => host.With(options => options.TargetMaySkip = true);

    internal static CakeHost UseSurroundings(this CakeHost host, Surroundings surroundings) =>
        host.With(options => options.Surroundings = surroundings);

    private static CakeHost With(this CakeHost host, Action<HostOptions> set)
    {
        ArgumentNullException.ThrowIfNull(host);
        set(host.Options);
        return host;
    }
}
