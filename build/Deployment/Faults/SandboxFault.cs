using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Environments;
using Slipway.Outcomes;

namespace Slipway.Faults;

/// <summary>Who brings a fault about.</summary>
public enum FaultBearer
{
    /// <summary>The candidate's instances, told by <c>SLIPWAY_FAULT</c>.</summary>
    Candidate,

    /// <summary>A migration that is added to the release's own.</summary>
    Migration,

    /// <summary>Both versions, by the file that <c>SLIPWAY_OUTAGE_FILE</c> names.</summary>
    SharedOutage,
}

/// <summary>A fault that was asked for with <c>--sandbox-fault=</c>, so that everybody can watch an abort. Sandbox only.</summary>
/// <param name="Text">As the instances read it: as it was typed, without the region.</param>
/// <param name="Region">The only region that it hits (<c>errors:5%@eu-west</c>); null for every one.</param>
public sealed record SandboxFault(string Text, FaultBearer Bearer, string? Region = null)
{
    /// <summary>Every fault with its grammar by example, in the order of the documentation.</summary>
    public static ImmutableArray<string> Examples { get; } =
    [
        "errors:5%",
        "errors:60%:40s",
        "latency:+50%",
        "latency-tail:p99x10",
        "crash",
        "crash:10s",
        "crash-loop",
        "slow-start:20s",
        "broken-health",
        "broken-traffic",
        "wrong-version",
        "hang:2%",
        "broken-migration",
        "shared-outage",
    ];

    private const string Number = @"[0-9]{1,4}(\.[0-9]{1,3})?";
    private const string Percent = @"(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)";

    // The instances refuse what they do not know as well (sandbox/services/lib/faults.mjs); a test holds both together.
    private static readonly Regex _candidate = new(
        $@"\A(errors:{Percent}%(:{Number}s)?|hang:{Percent}%|latency:\+{Number}%|latency-tail:p{Percent}x[1-9][0-9]{{0,3}}(\.[0-9]{{1,3}})?"
            + $@"|crash(:{Number}s)?|crash-loop|slow-start:{Number}s|broken-health|broken-traffic|wrong-version)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    );

    /// <exception cref="PipelineException">No such fault; exit code 2.</exception>
    public static SandboxFault Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return ParseFault(text, text);
        var fault = ParseFault(text[..at], text);
        if (!TextRule.RegionName.Holds(text[(at + 1)..]))
            throw new PipelineException(
                ExitCode.Usage,
                $"--sandbox-fault: '{text}' names no region after the @",
                $"a region of the environment: {TextRule.RegionName.Expected}",
                "./build.sh --target=Deploy --sandbox-fault=errors:60%@eu-west"
            );
        return fault.Bearer == FaultBearer.Migration
            ? throw new PipelineException(
                ExitCode.Usage,
                $"--sandbox-fault: '{text}' cannot hit one region: the regions share the database",
                "broken-migration without a region"
            )
            : fault with
            {
                Region = text[(at + 1)..],
            };
    }

    /// <summary>Whether it hits this region.</summary>
    public bool Hits(string? region) => Region is null || Region == region;

    private static SandboxFault ParseFault(string text, string typed) =>
        text switch
        {
            "broken-migration" => new(text, FaultBearer.Migration),
            "shared-outage" => new(text, FaultBearer.SharedOutage),
            _ when _candidate.IsMatch(text) => new(text, FaultBearer.Candidate),
            _ => throw new PipelineException(
                ExitCode.Usage,
                $"--sandbox-fault: '{typed}' is no fault that is known",
                expected: $"{string.Join(", ", Examples)}; with @<region> after it, in one region only",
                next: "./build.sh --target=Deploy --sandbox-fault=errors:5%"
            ),
        };
}
