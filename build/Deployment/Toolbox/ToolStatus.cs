namespace Slipway.Toolbox;

public enum ToolState
{
    Present,
    TooOld,
    Missing,
}

/// <param name="Version">As found; null when it was not asked or nothing was understood.</param>
/// <param name="Path">Of the first program; null when it is missing.</param>
/// <param name="MissingPrograms">Names of the programs that are not there, comma-separated; null when all are.</param>
/// <param name="Install">What installs it here; null when it is present.</param>
public sealed record ToolStatus(
    Tool Tool,
    ToolState State,
    Version? Version,
    string? Path,
    string? MissingPrograms,
    string? Install
);
