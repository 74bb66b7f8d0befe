using Slipway.Backups;
using Slipway.Rollouts;
using Slipway.Runs;
using Slipway.Validation;

namespace Slipway.Reports;

/// <summary>What reports say in the same words, plain and unescaped.</summary>
internal static class Sentences
{
    public static string Backup(BackupResult backup)
    {
        if (backup is { Outcome: StageOutcome.NotApplicable } or { BackupId: null })
            return $"No backup: {backup.Reason ?? "there was no database"}.";
        var made =
            $"{backup.BackupId} at {backup.Location}: {Quantities.Bytes(backup.CompressedBytes)} "
            + $"({Quantities.Bytes(backup.SqlBytes)} of SQL, {Quantities.Counted(backup.Tables.Length, "table")}, {Quantities.Counted(backup.Tables.Sum(table => table.Rows), "row")}), "
            + $"dumped in {Quantities.Seconds(backup.DumpSeconds)}.";
        return backup.Proof switch
        {
            null => $"{made} Not proven.",
            { Passed: true } proof =>
                $"{made} Proven in {Quantities.Seconds(proof.TotalSeconds)} ({proof.Method}): {proof.Detail}.",
            { } proof => $"{made} The proof failed: {proof.Detail}.",
        };
    }

    public static string Wave(RolloutWaveResult wave)
    {
        var serving = wave.Serving is null ? "nobody could say what serves" : $"{wave.Serving} serves";
        var back = wave.SecondsToZero is { } seconds ? $", switched in {Quantities.Seconds(seconds)}" : "";
        var why = wave.Reason is { } reason ? $": {reason}" : "";
        return wave switch
        {
            { NotBroughtBack: { } stuck } => $"{wave.Region}: NOT brought back, {serving}: {stuck}",
            { Result: RolloutOutcome.Promoted, Warm: { } warm, WarmUntil: { } until } =>
                $"{wave.Region}: {serving}, {warm} is kept warm until {Quantities.Instant(until)}",
            { Result: RolloutOutcome.Held } => $"{wave.Region}: held, {serving}{why}",
            _ => $"{wave.Region}: {serving}{back}{why}",
        };
    }

    public static string Validation(ValidationResult validation) =>
        validation.Outcome == StageOutcome.NotApplicable
            ? $"Not run: {validation.Reason}."
            : $"{Quantities.Counted(validation.Flows.Count(flow => flow.ExitCode == 0), "flow")} of {validation.Flows.Length} passed on {validation.Platform}"
                + (validation.PlatformReason is null ? "" : $" ({validation.PlatformReason})")
                + $". The front end {(validation.FrontendMayDeploy ? "may" : "must not")} be deployed.";
}
