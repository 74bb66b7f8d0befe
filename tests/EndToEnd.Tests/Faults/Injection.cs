using System.Globalization;
using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>The faults of the matrix, as they happen to a deployment under way.</summary>
internal static class Injection
{
    public const string Kill = "kill -9";
    public const string Terminate = "SIGTERM";
    public const string InterruptTwice = "SIGINT twice";
    public const string RouterDead = "router dead";
    public const string MetricsDead = "metrics dead";
    public const string CandidateDead = "candidate dead";
    public const string StableDead = "stable dead";
    public const string DatabaseDead = "database dead";

    private const string NotYet =
        "the instances of the version before the last, which is still warm: there is no candidate yet";
    private const string Warm = "the instances of the version before, which is warm and has no traffic any more";

    public static string[] All { get; } =
    [Kill, Terminate, InterruptTwice, RouterDead, MetricsDead, CandidateDead, StableDead, DatabaseDead];

    /// <summary>
    /// Users may meet nobody only where what answers them died: the load balancer, or the version that has the traffic.
    /// </summary>
    public static bool MayLoseRequests(string fault, string hit) =>
        fault is RouterDead or DatabaseDead || (fault is CandidateDead or StableDead && hit != Warm && hit != NotYet);

    /// <param name="version">Version that is being released; what is not it served before.</param>
    /// <returns>What the fault met, for the table.</returns>
    public static async Task<string> HappenAsync(string fault, Checkout checkout, RunningBuild build, string version)
    {
        switch (fault)
        {
            case Kill:
                build.Kill();
                return "the pipeline";
            case Terminate:
                build.Signal("TERM");
                return "the pipeline";
            case InterruptTwice:
                build.Signal("INT");
                await Task.Delay(300);
                build.Signal("INT");
                return "the pipeline";
            case RouterDead:
                EndRouter(checkout);
                return "the load balancer";
            case MetricsDead:
                // The counters and the orders to the router go through this socket; users' requests do not.
                File.Delete(Path.Combine(checkout.SandboxRoot, "haproxy", "admin.sock"));
                return "the load balancer's socket";
            case CandidateDead:
                return End(checkout, version);
            case StableDead:
                return End(checkout, checkout.ServedBefore);
            case DatabaseDead:
                EndDatabase(checkout);
                return "the database's server";
            default:
                throw new ArgumentException(fault, nameof(fault));
        }
    }

    /// <summary>Ends a version's instances, and says what they were at this moment.</summary>
    private static string End(Checkout checkout, string version)
    {
        var arms = Arms(checkout);
        var stable = HaproxyMemory.StableSlot(checkout);
        var chosen = arms.Where(arm => VersionOf(arm.Record) == version).ToArray();
        // Before the candidate runs, the other arm holds the version before the last, warm.
        var isThere = chosen.Length > 0;
        if (!isThere)
            chosen = [.. arms.Where(arm => VersionOf(arm.Record) != checkout.ServedBefore)];
        chosen.ShouldNotBeEmpty("there is no such version to kill");
        EndAtOnce(chosen.SelectMany(arm => ProcessesOf(arm.Record)));
        return (isThere, version == checkout.ServedBefore, chosen[0].Slot == stable) switch
        {
            (false, _, _) => NotYet,
            (true, false, false) => "the candidate's instances",
            (true, false, true) => "the new version's instances, which have all traffic by now",
            (true, true, true) => "the instances of the version that serves",
            (true, true, false) => Warm,
        };
    }

    /// <summary>
    /// The instance of the version that serves stops answering until what is returned is disposed of: a pause of its
    /// runtime, a disk that hangs.
    /// </summary>
    public static IDisposable Hang(Checkout checkout, string service)
    {
        var arm = Arms(checkout).Single(arm => VersionOf(arm.Record) == checkout.ServedBefore).Record;
        var instance = arm["instances"]!.AsArray().Single(one => one!["service"]!.GetValue<string>() == service)!;
        var id = instance["id"]!.GetValue<string>().Split('/')[1];
        Signal("STOP", id);
        return new Ending(() => Signal("CONT", id));
    }

    private static void Signal(string name, string process) =>
        System.Diagnostics.Process.Start("kill", ["-s", name, process])!.WaitForExit();

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>As when the power goes: the pipeline, and all of the sandbox, in the same moment.</summary>
    public static void EndEverything(Checkout checkout, RunningBuild build)
    {
        build.Kill();
        EndRouter(checkout);
        EndDatabase(checkout);
        EndAtOnce(Arms(checkout).SelectMany(arm => ProcessesOf(arm.Record)));
    }

    private static void EndRouter(Checkout checkout)
    {
        int[] routers = [.. ProcessesWith("haproxy", Path.Combine(checkout.SandboxRoot, "haproxy", "haproxy.cfg"))];
        routers.ShouldNotBeEmpty();
        EndAtOnce(routers);
    }

    private static (string Slot, JsonNode Record)[] Arms(Checkout checkout) =>
        [
            .. Directory
                .EnumerateFiles(
                    Path.Combine(checkout.SandboxRoot, "instances"),
                    "arm.json",
                    SearchOption.AllDirectories
                )
                .Select(file =>
                    (Path.GetFileName(Path.GetDirectoryName(file)!), JsonNode.Parse(File.ReadAllText(file))!)
                ),
        ];

    /// <summary>The server's first process; its children end with it.</summary>
    public static void EndDatabase(Checkout checkout)
    {
        var file = Path.Combine(checkout.SandboxRoot, "postgres", "data", "postmaster.pid");
        EndAtOnce([int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture)]);
    }

    private static IEnumerable<int> ProcessesOf(JsonNode arm) =>
        arm["instances"]!
            .AsArray()
            .Select(instance => instance!["id"]!.GetValue<string>().Split('/')[1])
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static string VersionOf(JsonNode arm) =>
        (
            arm["version"] is JsonObject version
                ? version["semver"]!.GetValue<string>()
                : arm["version"]!.GetValue<string>()
        ).TrimStart('v');

    private static IEnumerable<int> ProcessesWith(string program, string argument)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            string[] arguments;
            try
            {
                if (File.ReadAllText($"{folder}/comm").Trim() != program)
                    continue;
                arguments = File.ReadAllText($"{folder}/cmdline").Split('\0');
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }
            if (arguments.Contains(argument, StringComparer.Ordinal))
                yield return id;
        }
    }

    private static void EndAtOnce(IEnumerable<int> ids)
    {
        foreach (var id in ids.ToArray())
        {
            try
            {
                System.Diagnostics.Process.GetProcessById(id).Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // Ended by itself: that is what was wanted.
            }
        }
    }
}
