using Npgsql;
using Slipway.Migrations;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Finds out where a failed run stands: what was applied, what was not, what was left behind, what to type.</summary>
internal sealed class MigrationFailure(MigrationRequest request, MigrationPlan plan, MigrationDatabase database)
{
    private string Again =>
        $"./build.sh --target=Deploy --environment={request.Environment} (the version before still serves)";

    /// <param name="statement">The last one that the server refused, as far as it was seen.</param>
    public async Task<PipelineException> ExplainAsync(CommandFailedException failure, StatementTiming? statement)
    {
        var cause = statement is null
            ? failure.Message
            : $"a migration failed: {statement.Result}, in: {Short(statement.Statement)}";
        try
        {
            return request.Tool.AppliedSql is null
                ? await OfACommandAsync(cause, failure)
                : await OfAToolAsync(cause, failure, statement);
        }
        catch (Exception gone) when (gone is NpgsqlException or PipelineException)
        {
            return new PipelineException(
                $"{cause}\n  what was applied is not known: the database does not answer ({gone.Message})",
                expected: "every pending migration applied",
                next: $"bring the database back, then {Again}: it asks the database what is applied, and goes on there",
                inner: failure
            );
        }
    }

    private async Task<PipelineException> OfAToolAsync(
        string cause,
        CommandFailedException failure,
        StatementTiming? statement
    )
    {
        // The failed run's own token may be the reason why it failed.
        var applied = (await database.AppliedAsync(request.Tool, CancellationToken.None)).ToHashSet(
            StringComparer.Ordinal
        );
        var done = plan.Pending.Where(file => applied.Contains(file.Version)).ToList();
        await database.RecordAsync(done, request.DeploymentId, replace: false, CancellationToken.None);
        var open = plan.Pending.Where(file => !applied.Contains(file.Version)).ToList();
        var lines = new List<string>
        {
            cause,
            done.Count == 0 ? "applied: none" : $"applied, and still there: {Names(done)}",
        };
        if (statement is null && open.Count > 0)
        {
            // The tool stopped by itself: at which file, if at any, it alone knows.
            lines.Add($"not applied: {Names(open)}");
        }
        else if (open is [var first, .. var rest])
        {
            lines.Add(
                first.InTransaction
                    ? $"failed: {first.File}; its transaction was undone, the schema is as before it"
                    : $"failed: {first.File}; it runs without a transaction, what it did before the error is still there"
            );
            lines.Add(rest.Count == 0 ? "not begun: none" : $"not begun: {Names(rest)}");
        }
        var failed = await database.FailedAsync(request.Tool, CancellationToken.None);
        var repair =
            request.Tool.AfterFailure(failed)
            + (statement is null ? "correct what the tool says, then " : "correct the file, then ");
        return await ExplainAsync(lines, repair, failure);
    }

    /// <summary>What a command has applied it tells nobody: to say "none" would be a guess.</summary>
    private Task<PipelineException> OfACommandAsync(string cause, CommandFailedException failure) =>
        ExplainAsync(
            [
                cause,
                "what the command applied before that is not known: it keeps no record that is read here"
                    + (request.StatementLog is { } log ? $"; the statements that ended are in {log}" : ""),
                $"given to it: {Names(plan.Pending)}",
            ],
            "look at the schema; correct the file, then ",
            failure
        );

    private async Task<PipelineException> ExplainAsync(
        List<string> lines,
        string repair,
        CommandFailedException failure
    )
    {
        var invalid = await database.InvalidIndexesAsync(CancellationToken.None);
        if (!invalid.IsEmpty)
            lines.Add($"left behind: invalid index {string.Join(", ", invalid)}");
        var drops = string.Concat(invalid.Select(index => $"drop index concurrently {index}; "));
        return new PipelineException(
            string.Join("\n  ", lines),
            expected: "every pending migration applied",
            next: $"{drops}{repair}{Again}",
            inner: failure
        );
    }

    private static string Names(IEnumerable<MigrationFile> files) => string.Join(", ", files.Select(file => file.File));

    private static string Short(string statement)
    {
        var text = string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}
