using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>Cake's names of the levels, in full or by their first letter.</summary>
internal static class Verbosities
{
    public static Verbosity? Parse(string text) =>
        text.ToLowerInvariant() switch
        {
            "q" or "quiet" => Verbosity.Quiet,
            "m" or "minimal" => Verbosity.Minimal,
            "n" or "normal" => Verbosity.Normal,
            "v" or "verbose" => Verbosity.Verbose,
            "d" or "diagnostic" => Verbosity.Diagnostic,
            _ => null,
        };
}
