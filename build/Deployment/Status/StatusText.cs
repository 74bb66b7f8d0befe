using System.Collections.Immutable;
using System.Globalization;
using Slipway.Environments;
using Slipway.Rollouts;

namespace Slipway.Status;

/// <summary>The status as text for people. Pure: the same status at the same time gives the same text.</summary>
public static class StatusText
{
    private const int Width = 110;

    public static ImmutableArray<string> Of(EnvironmentStatus status, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (status.Unknown is { } why)
            return [status.Environment, $"  {OneLine(why)}"];
        return
        [
            status.Environment,
            .. status.Regions is { } regions ? regions.SelectMany(region => Region(region, now))
            : status.Warm is { } warm
                ? [$"  serves   {Serving(status.Serving, status.CandidateShare, now)}", $"  warm     {Warm(warm, now)}"]
            : (IEnumerable<string>)[$"  serves   {Serving(status.Serving, status.CandidateShare, now)}"],
            .. Running(status.Running, now, Width),
            .. status.Last.Select((past, index) => $"  {(index == 0 ? "last  " : "      ")}   {Past(past)}"),
            .. status.Restores.Select(restore => $"  restored {Restored(restore)}"),
            .. status.Findings.Select(finding => $"  LEDGER CHANGED: {OneLine(finding)}"),
        ];
    }

    /// <summary>What works on the environment now: the tree of a rollout, or a line.</summary>
    public static ImmutableArray<string> Running(RunningWork? running, DateTimeOffset now, int width) =>
        running switch
        {
            null => ["  running  nothing"],
            { Rollout: { } rollout } =>
            [
                $"  running  {Who(running, now)}",
                .. RolloutView.Render(rollout, width - 11).Select(line => $"           {line}"),
            ],
            _ => [$"  running  {Who(running, now)}"],
        };

    private static string Who(RunningWork running, DateTimeOffset now) =>
        $"{running.DeploymentId ?? "no deployment id yet"}: {running.Stage ?? "beginning"}, "
        + $"by {OneLine(running.Holder)}, process {running.ProcessId}, for {Age(now - running.Since)}";

    private static IEnumerable<string> Region(RegionStatus region, DateTimeOffset now) =>
        [
            $"  {region.Region}",
            .. region.Unknown is { } why
                ? [$"    {OneLine(why)}"]
                : (string[])[$"    serves {Serving(region.Serving, region.CandidateShare, now)}"],
            .. region.Warm is { } warm ? (string[])[$"    warm   {Warm(warm, now)}"] : [],
        ];

    private static string Serving(ServingVersion? version, double candidateShare, DateTimeOffset now) =>
        version is not { } serving
            ? "nothing"
            : serving.Version.FullVersion
                + (serving.Since is { } since ? $" since {Instant(since)} ({Age(now - since)})" : "")
                + (serving.DeploymentId is { } id ? $", {id}" : "")
                + Instances(serving.InstancesAlive, serving.InstancesWanted)
                + (
                    candidateShare > 0
                        ? $", with {(100 - candidateShare).ToString("0.#", CultureInfo.InvariantCulture)} % of the traffic"
                        : ""
                );

    private static string Warm(WarmVersion warm, DateTimeOffset now) =>
        warm.Version.FullVersion
        + (
            warm.Until is not { } until ? ""
            : until > now ? $" until {Instant(until)} (another {Age(until - now)})"
            : $", its rollback window ended {Instant(until)}"
        )
        + Instances(warm.InstancesAlive, warm.InstancesWanted);

    private static string Instances(int alive, int wanted) =>
        alive >= wanted ? "" : $", ONLY {alive} OF {wanted} INSTANCES RUN";

    private static string Past(PastDeployment past) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Instant(past.At)}  {OneLine(past.Version), -14} {OneLine(past.Status), -11} {past.DurationSeconds, 6:0} s  {OneLine(past.DeploymentId)}  {OneLine(past.By)}"
        ) + (past.RollbackFrom is { } from ? $"  back from {OneLine(from)}" : "");

    private static string Restored(PastRestore past) =>
        $"{Instant(past.At)}  {OneLine(past.BackupId)}  {OneLine(past.By)}"
        + (past.RollbackId is { } rollback ? $"  with {OneLine(rollback)}" : "")
        + (past.ReplacedDatabase is { } kept ? $"  replaced {OneLine(kept)}" : "")
        + (past.Reason is { } reason ? $": {OneLine(reason)}" : "");

    private static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Age(TimeSpan age) =>
        DurationText.Format(TimeSpan.FromSeconds(Math.Max(1, Math.Floor(age.TotalSeconds))));

    /// <summary>Records come from git, holders from a file: no line ends or control characters reach the terminal.</summary>
    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
