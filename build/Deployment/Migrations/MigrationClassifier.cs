using System.Collections.Immutable;

namespace Slipway.Migrations;

/// <summary>
/// Judges every statement of pending migrations by what it does to the version that serves meanwhile: what it locks,
/// what it takes away, what it loses. Pure: the same files and the same schema give the same findings.
/// </summary>
/// <param name="HasLockTimeout">Whether a lock that is not had soon fails the statement; without it the queue behind it stands.</param>
public sealed record MigrationClassifier(bool HasLockTimeout = true)
{
    private const int ShownCharacters = 400;

    /// <param name="files">In the order in which they are applied.</param>
    public ImmutableArray<StatementFinding> Classify(IEnumerable<MigrationFile> files, KnownSchema? schema = null)
    {
        var state = new ClassificationState(schema ?? KnownSchema.Nothing);
        return [.. files.SelectMany(file => Classify(file, state))];
    }

    private List<StatementFinding> Classify(MigrationFile file, ClassificationState state)
    {
        var statements = SqlStatement.Split(file.Up, file.FirstLine);
        var findings = new List<StatementFinding>();
        state.StartFile(file.InTransaction);
        foreach (var statement in statements)
        {
            // Without a transaction of its own, a file of several statements still is one for the server.
            var severalAtOnce = !file.InTransaction && statements.Length > 1;
            var judgements = StatementRules.Judge(statement, state).ToList();
            if (severalAtOnce && NeedsToBeAlone(statement))
            {
                judgements =
                [
                    Judgement.Unsafe(
                        "concurrently-not-alone",
                        null,
                        "sent together with other statements it fails: put it alone into a file with transaction:false"
                    ),
                ];
            }
            findings.AddRange(judgements.Select(judgement => Find(file, statement, Strict(judgement, state))));
            state.LockedByTransaction.AddRange(
                judgements.Where(judgement => file.InTransaction && StopsReaders(judgement)).Select(j => j.Lock!)
            );
        }
        return findings;
    }

    // Two rules look at the whole: locks without a time-out, and long work while readers of another table are stopped.
    private Judgement Strict(Judgement judgement, ClassificationState state)
    {
        if (judgement.Class == MigrationClass.Unsafe)
            return judgement;
        if (!HasLockTimeout && StopsReaders(judgement))
        {
            return Judgement.Unsafe(
                "missing-lock-timeout",
                judgement.Lock,
                "while it waits for the lock every query behind it waits: set database.lockTimeout in the environment"
            );
        }
        var isLong =
            judgement.Rule is "validate-constraint" or "update-some-rows" or "delete-rows" or "refresh-concurrently";
        return isLong && state.LockedByTransaction is [var held, ..]
            ? Judgement.Unsafe(
                "long-work-under-lock",
                held,
                "the lock taken earlier in the file is held while rows are read or changed: put this into a migration of its own"
            )
            : judgement;
    }

    private static bool StopsReaders(Judgement judgement) =>
        judgement.Lock?.StartsWith("ACCESS EXCLUSIVE", StringComparison.Ordinal) == true;

    private static bool NeedsToBeAlone(SqlStatement statement) =>
        statement.Tokens[0].Text is "create" or "drop" or "reindex" or "alter"
            && statement.Tokens.Any(token => token.Is("concurrently"))
        || statement.Tokens[0].Is("vacuum");

    private static StatementFinding Find(MigrationFile file, SqlStatement statement, Judgement judgement)
    {
        var text = string.Join(' ', statement.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new StatementFinding(
            file.File,
            statement.Line,
            text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "…",
            judgement.Class,
            judgement.Rule,
            judgement.Lock,
            judgement.SaferWay
        )
        {
            Target = judgement.Target,
        };
    }
}
