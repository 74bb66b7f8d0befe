using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>A tool failed: carries the command, its exit code and the end of what it printed, all redacted.</summary>
public sealed class CommandFailedException : PipelineException
{
    public CommandFailedException(CommandResult result, string message, string? next = null)
        : base(message, next: next)
    {
        Result = result;
    }

    public CommandResult Result { get; }
}
