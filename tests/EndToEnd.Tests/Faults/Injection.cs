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

    public static string[] All { get; } =
    [Kill, Terminate, InterruptTwice, RouterDead, MetricsDead, CandidateDead, StableDead];

    /// <param name="version">Version that is being released; what is not it served before.</param>
    public static async Task HappenAsync(string fault, Checkout checkout, RunningBuild build, string version)
    {
        switch (fault)
        {
            case Kill:
                build.Kill();
                break;
            case Terminate:
                build.Signal("TERM");
                break;
            case InterruptTwice:
                build.Signal("INT");
                await Task.Delay(300);
                build.Signal("INT");
                break;
            case RouterDead:
                EndAtOnce(ProcessesWith("haproxy", Path.Combine(checkout.SandboxRoot, "haproxy", "haproxy.cfg")));
                break;
            case MetricsDead:
                // The counters and the orders to the router go through this socket; users' requests do not.
                File.Delete(Path.Combine(checkout.SandboxRoot, "haproxy", "admin.sock"));
                break;
            case CandidateDead:
                EndAtOnce(InstancesOf(checkout, found => found == version, otherwise: IsWithoutTraffic));
                break;
            case StableDead:
                EndAtOnce(InstancesOf(checkout, found => found != version && found == checkout.ServedBefore));
                break;
            default:
                throw new ArgumentException(fault, nameof(fault));
        }

        // Before the candidate runs, the other arm holds the version before the last, warm.
        bool IsWithoutTraffic(string found) => found != checkout.ServedBefore;
    }

    /// <summary>The server's first process; its children end with it.</summary>
    public static void EndDatabase(Checkout checkout)
    {
        var file = Path.Combine(checkout.SandboxRoot, "postgres", "data", "postmaster.pid");
        EndAtOnce([int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture)]);
    }

    /// <summary>Process ids of the instances whose version is asked for.</summary>
    private static int[] InstancesOf(Checkout checkout, Func<string, bool> wanted, Func<string, bool>? otherwise = null)
    {
        var arms = Directory
            .EnumerateFiles(Path.Combine(checkout.SandboxRoot, "instances"), "arm.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!)
            .ToArray();
        var chosen = arms.Where(arm => wanted(VersionOf(arm))).ToArray();
        if (chosen.Length == 0 && otherwise is not null)
            chosen = [.. arms.Where(arm => otherwise(VersionOf(arm)))];
        chosen.ShouldNotBeEmpty("there is no such version to kill");
        return
        [
            .. chosen
                .SelectMany(arm => arm["instances"]!.AsArray())
                .Select(instance => instance!["id"]!.GetValue<string>().Split('/')[1])
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];

        static string VersionOf(JsonNode arm) =>
            (
                arm["version"] is JsonObject version
                    ? version["semver"]!.GetValue<string>()
                    : arm["version"]!.GetValue<string>()
            ).TrimStart('v');
    }

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
