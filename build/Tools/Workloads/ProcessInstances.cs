using System.Collections.Immutable;
using System.Text;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <param name="Root">The sandbox's folder; marks the processes as its own.</param>
/// <param name="StartCommands">Service → argv that starts it in its bundle.</param>
public sealed record ProcessInstancesSettings(
    string Root,
    ImmutableSortedDictionary<string, ImmutableArray<string>> StartCommands
);

/// <summary>Instances as processes of this machine, each in its own session.</summary>
public sealed class ProcessInstances(
    ProcessInstancesSettings settings,
    IBundleStore bundles,
    IDetachedStart starter,
    ProcessLives table,
    TimeProvider time
) : IInstanceHost
{
    /// <summary>Marks a process as an instance of a slot of a sandbox, for those that no record knows.</summary>
    public const string Mark = "SLIPWAY_INSTANCE_OF";

    private const int TailBytes = 4096;

    private static readonly ImmutableArray<string> Inherited = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

    public async Task<string> StartAsync(InstanceStart start, CancellationToken cancellation)
    {
        if (start.Image.Kind != ImageKind.Bundle)
            throw new PipelineException($"{start.Service}: an image does not run as a process", "a bundle");
        if (!settings.StartCommands.TryGetValue(start.Service, out var argv) || argv.IsDefaultOrEmpty)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{start.Service}: nobody says how it is started",
                "images[].start for the service in slipway.json, e.g. [\"node\", \"auth.mjs\"]"
            );
        }
        var folder = await bundles.UnpackAsync(start.Image, cancellation);
        // From here to the id nothing waits: an instance that runs has an id that its caller gets to know.
        cancellation.ThrowIfCancellationRequested();
        var pid = starter.Start(new(argv[0], argv[1..], folder, Variables(start), start.LogFile));
        return (
            table.Find(pid)
            ?? throw new PipelineException(
                $"{start.Service} {start.Index} ended at once; its log: {start.LogFile}\n{Tail(start.LogFile, isWriting: false)}"
            )
        ).ToString();
    }

    public Task<ImmutableHashSet<string>> AliveAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        Task.FromResult(ids.Where(id => ProcessLife.Parse(id) is { } life && table.IsAlive(life)).ToImmutableHashSet());

    public async Task StopAsync(string id, TimeSpan grace, CancellationToken cancellation)
    {
        if (ProcessLife.Parse(id) is not { } life)
            return;
        Signal(life, force: false);
        var asked = time.GetTimestamp();
        while (table.IsAlive(life) && time.GetElapsedTime(asked) < grace)
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
        Signal(life, force: true);
        while (table.IsAlive(life))
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellation);
    }

    public Task<ImmutableHashSet<string>> FindAsync(Slot slot, CancellationToken cancellation) =>
        Task.FromResult(table.WithVariable(Mark, Owner(slot)).Select(life => life.ToString()).ToImmutableHashSet());

    public Task<InstanceLog> ReadLogAsync(string id, string logFile, CancellationToken cancellation) =>
        Task.FromResult(
            new InstanceLog(logFile, Tail(logFile, isWriting: ProcessLife.Parse(id) is { } life && table.IsAlive(life)))
        );

    /// <summary>To the instance's group with all its children, and to it alone when it is a child that was left over.</summary>
    private void Signal(ProcessLife life, bool force)
    {
        table.Signal(life, force);
        table.SignalAlone(life, force);
    }

    private ImmutableSortedDictionary<string, string> Variables(InstanceStart start)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                variables[name] = value;
        }
        foreach (var (name, value) in start.Settings)
            variables[name] = value;
        foreach (var (name, value) in start.Secrets)
            variables[name] = value.Reveal();
        variables[Mark] = Owner(start.Slot);
        variables["SLIPWAY_PORT_FILE"] = start.PortFile;
        return variables.ToImmutable();
    }

    private string Owner(Slot slot) => $"{settings.Root}#{slot.Name()}";

    /// <param name="isWriting">Whether its last line may be half written, and with it a secret that nobody could recognise.</param>
    private static string Tail(string logFile, bool isWriting)
    {
        try
        {
            using var file = new FileStream(
                logFile,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            file.Position = Math.Max(0, file.Length - TailBytes);
            using var reader = new StreamReader(file, Encoding.UTF8);
            var cut = file.Position > 0;
            var text = reader.ReadToEnd();
            // The first line is cut somewhere, and half a secret could not be recognised as one.
            if (cut)
                text = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
            if (isWriting)
                text = text[..(text.LastIndexOf('\n') + 1)];
            return text.Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
