using System.Text.RegularExpressions;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>The state changed after the plan was made: it no longer says what would happen, and is not applied.</summary>
public sealed class StalePlanException(CommandFailedException inner)
    : PipelineException(
        "the plan is stale: the state was changed after the plan was made",
        "a plan of the state as it is",
        "make it again: ./build.sh --target=TerraformPlan --exclusive --deployment-id=…",
        inner
    );

/// <summary>Somebody else holds the state's lock.</summary>
/// <param name="who"><c>user@host</c> as the holder said; null when the lock does not say.</param>
public sealed class StateLockedException(
    string? who,
    string? operation,
    string? created,
    string? lockId,
    CommandFailedException inner
)
    : PipelineException(
        ExitCode.Locked,
        $"the terraform state is locked by {who ?? "somebody"} ({operation ?? "unknown operation"}, since {created ?? "unknown"})",
        "a free lock",
        $"wait for it; if that run is dead for certain: terraform force-unlock {lockId ?? "<lock id>"}",
        inner
    )
{
    public string? Who { get; } = who;

    public string? Operation { get; } = operation;

    public string? Created { get; } = created;

    public string? LockId { get; } = lockId;
}

/// <summary>terraform says what went wrong in words only.</summary>
internal static class TerraformErrors
{
    public static PipelineException Of(CommandFailedException failure)
    {
        var text = failure.Result.Error + failure.Result.Output;
        if (text.Contains("Saved plan is stale", StringComparison.Ordinal))
            return new StalePlanException(failure);
        if (text.Contains("Error acquiring the state lock", StringComparison.Ordinal))
            return new StateLockedException(
                Field(text, "Who"),
                Field(text, "Operation"),
                Field(text, "Created"),
                Field(text, "ID"),
                failure
            );
        return failure;
    }

    private static string? Field(string text, string name)
    {
        var match = Regex.Match(
            text,
            $@"^[│\s]*{name}:[ \t]+(?<value>\S.*)$",
            RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
        );
        return match.Success ? match.Groups["value"].Value.Trim() : null;
    }
}
