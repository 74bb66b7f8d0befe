using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Rollouts;

/// <summary>The rollout as text: a tree for a terminal, one line elsewhere. Pure: the same state gives the same text.</summary>
public static class RolloutView
{
    private const int Narrowest = 40;

    /// <param name="width">Columns of the terminal; longer lines are cut.</param>
    public static ImmutableArray<string> Render(RolloutState state, int width)
    {
        ArgumentNullException.ThrowIfNull(state);
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.Add($"rollout {state.DeploymentId}  {Where(state)}{Phase(state)}");
        lines.Add(Text($"├─ stable     {state.Stable?.FullVersion ?? "none", -14} {Rates(state.StableRates)}"));
        lines.Add(Text($"├─ candidate  {state.Candidate.FullVersion, -14} {Rates(state.CandidateRates)}"));
        lines.Add(
            Text(
                $"├─ weight     asked {state.WeightAsked} %, router {Percent(state.WeightConfirmed)}, observed {Percent(state.ShareObserved)}"
            )
        );
        for (var i = 0; i < state.Stages.Length; i++)
            lines.Add(Stage(state.Stages[i], i == state.Stage, i == state.Stages.Length - 1));
        if (state.Verdict is { } verdict)
            lines.Add(
                Text(
                    $"├─ evidence   {Bar(verdict.TowardsAbort, 20)} {100 * verdict.TowardsAbort:0} % of the abort line, p = {verdict.P:G2}"
                )
            );
        lines.Add($"└─ {OneLine(state.Message)}");
        return [.. lines.Select(line => Cut(line, Math.Max(Narrowest, width)))];
    }

    /// <summary>A line without colours or drawing, for logs.</summary>
    public static string RenderPlain(RolloutState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var stage = state.Stage >= 0 && state.Stage < state.Stages.Length ? state.Stages[state.Stage] : null;
        var where = stage is null
            ? ""
            : Text(
                $" {stage.Name} {stage.Weight} % {stage.Seconds:0}/{stage.Length:0} s, observed {Percent(state.ShareObserved)};"
            );
        var rates = state.CandidateRates is null
            ? ""
            : Text($" candidate {Rates(state.CandidateRates)}, stable {Rates(state.StableRates)};");
        return $"{state.At:HH:mm:ss} {Where(state)}{Phase(state)}:{where}{rates} {OneLine(state.Message)}";
    }

    private static string Stage(StageProgress stage, bool isCurrent, bool isLast)
    {
        var left =
            isCurrent && stage.Status == "running"
                ? Text($", {Math.Max(0, stage.Length - stage.Seconds):0} s left")
                : "";
        var bar = Bar(stage.Length > 0 ? stage.Seconds / stage.Length : 0, 10);
        return Text($"│  {(isLast ? '└' : '├')}─ {stage.Name, -12} {stage.Weight, 3} %  {bar} {stage.Status}{left}");
    }

    private static string Where(RolloutState state) =>
        state.Region is null ? "" : $"{state.Region} ({state.Wave} of {state.Waves}) ";

    private static string Phase(RolloutState state) =>
        state.Phase switch
        {
            RolloutPhase.Starting => "starting",
            RolloutPhase.Running => "running",
            RolloutPhase.Holding => "HOLDING",
            RolloutPhase.Paused => "PAUSED",
            RolloutPhase.Inconclusive => "INCONCLUSIVE: a person decides",
            RolloutPhase.AwaitingApproval => "WAITS FOR APPROVAL",
            RolloutPhase.AwaitingThaw => "FROZEN",
            RolloutPhase.Promoting => "promoting",
            RolloutPhase.TakingBack => "TAKING BACK",
            RolloutPhase.Promoted => "promoted",
            RolloutPhase.RolledBack => "ROLLED BACK",
            RolloutPhase.Held => "HELD",
            RolloutPhase.Watching => "watching",
            _ => "unknown",
        };

    private static string Rates(ArmRates? rates) =>
        rates is null
            ? "no data"
            : Text($"{rates.RequestsPerSecond:0.#} rps, {100 * rates.FailingShare:0.##} % failing")
                + (rates.TypicalMilliseconds is { } ms ? Text($", {ms:0.##} ms") : "");

    private static string Percent(double? value) => value is { } percent ? Text($"{percent:0.#} %") : "unknown";

    private static string Bar(double share, int width)
    {
        var full = (int)Math.Round(Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width);
        return $"[{new string('#', full)}{new string('.', width - full)}]";
    }

    /// <summary>Messages may hold what a service answered: no line ends or control characters reach the terminal.</summary>
    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    private static string Cut(string line, int width) =>
        line.Length <= width ? line : string.Concat(line.AsSpan(0, width - 1), "…");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
