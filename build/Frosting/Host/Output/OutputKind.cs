using Cake.Core.Diagnostics;

namespace Slipway.Host;

/// <summary>What a line is, for its colour.</summary>
internal enum OutputKind
{
    Plain,
    Quiet,
    Warning,
    Error,
}

internal static class OutputKinds
{
    public static OutputKind Of(LogLevel level) =>
        level switch
        {
            LogLevel.Fatal or LogLevel.Error => OutputKind.Error,
            LogLevel.Warning => OutputKind.Warning,
            LogLevel.Verbose or LogLevel.Debug => OutputKind.Quiet,
            _ => OutputKind.Plain,
        };
}
