namespace Slipway.Migrations;

/// <summary>Every statement but <c>ALTER TABLE</c>: what it locks, what it loses, who fails on it.</summary>
internal static class StatementRules
{
    public static IEnumerable<Judgement> Judge(SqlStatement statement, ClassificationState state)
    {
        var cursor = new SqlCursor(statement.Tokens);
        if (statement.Tokens.FirstOrDefault(t => t.Kind == SqlTokenKind.Unterminated) is { Text.Length: > 0 } open)
            return
            [
                Judgement.Unsafe(
                    "unterminated",
                    null,
                    $"a {open.Text} has no end: the server sees another script than the one reviewed"
                ),
            ];
        if (statement.Tokens[0].Kind == SqlTokenKind.PsqlCommand)
            return
            [
                Judgement.Unsafe("psql-command", null, "no migration tool understands commands of psql: write SQL"),
            ];
        if (cursor.Accept("alter", "table"))
            return AlterTableRules.Judge(cursor, state).ToList();
        if (cursor.Accept("do"))
            return DoBlock.Judge(cursor, state);
        return cursor.Take().Text switch
        {
            "create" => Create(cursor, state),
            "drop" => [Drop(cursor, state)],
            "alter" => [Alter(cursor, state)],
            "insert" => [Insert(cursor)],
            "update" => [Update(cursor, state)],
            "delete" => [Delete(cursor, state)],
            "truncate" => [Truncate(cursor, state)],
            "merge" =>
            [
                Judgement.Unsafe(
                    "merge",
                    TableLock.RowExclusive("its target"),
                    "one MERGE locks all rows it touches to the end: write batches of INSERT and UPDATE"
                ),
            ],
            "with" => [With(cursor, state)],
            "select" or "values" or "table" => [Select(cursor)],
            "copy" => [Copy(cursor)],
            "lock" => [Lock(cursor)],
            "vacuum" => [Vacuum(cursor, state)],
            "cluster" =>
            [
                Judgement.Unsafe(
                    "cluster",
                    "ACCESS EXCLUSIVE while the table is rewritten",
                    "pg_repack, or a maintenance window"
                ),
            ],
            "reindex" => [Reindex(cursor, state)],
            "refresh" => [Refresh(cursor)],
            "analyze" or "analyse" => [Judgement.Expand("analyze")],
            "comment" => [Judgement.Expand("comment")],
            "security" => [Judgement.Expand("security-label")],
            "grant" => [Judgement.Expand("grant")],
            "revoke" =>
            [
                Judgement.Contract(
                    "revoke",
                    cursor.RestHas("on") ? NameAfterOn(cursor) : "privileges",
                    null,
                    "revoke once no serving version uses the privilege"
                ),
            ],
            "reassign" => [Judgement.Unsafe("reassign-owned", null, "name each object: ALTER … OWNER TO")],
            "set" => [Set(cursor)],
            "reset" or "discard" =>
            [
                Judgement.Unsafe(
                    "reset-setting",
                    null,
                    "it takes away the time-outs that the pipeline sets: remove it"
                ),
            ],
            "begin" or "start" or "commit" or "end" or "rollback" or "abort" or "prepare" when state.InTransaction =>
            [
                Judgement.Unsafe(
                    "transaction-control",
                    null,
                    "the tool wraps the file in a transaction: remove it, or use transaction:false and one statement"
                ),
            ],
            "savepoint" or "release" => [Judgement.Expand("savepoint")],
            "call" or "execute" => [Opaque()],
            "notify" or "show" or "explain" or "listen" or "unlisten" => [Judgement.Expand("harmless")],
            "checkpoint" or "load" =>
            [
                Judgement.Unsafe("server-setting", null, "it acts on the whole server: keep it out of migrations"),
            ],
            "import" => [Judgement.Expand("import-foreign-schema")],
            _ =>
            [
                Judgement.Unsafe(
                    "unknown-statement",
                    null,
                    "this statement is not known to be harmless: have it reviewed"
                ),
            ],
        };
    }

    public static Judgement Opaque() =>
        Judgement.Unsafe("opaque-code", null, "what it runs cannot be read here: write the statements out");

    private static IEnumerable<Judgement> Create(SqlCursor cursor, ClassificationState state)
    {
        if (cursor.Accept("or", "replace"))
        {
            cursor.Accept("temporary");
            cursor.Accept("temp");
            cursor.Accept("recursive");
            return cursor.Sees("rule")
                ? [Rule(cursor)]
                : [Judgement.Expand(cursor.Sees("view") ? "replace-view" : "replace-function")];
        }
        cursor.Accept("global");
        cursor.Accept("local");
        if (cursor.Accept("temporary") || cursor.Accept("temp"))
        {
            cursor.Accept("table");
            cursor.Accept("if", "not", "exists");
            state.Create(cursor.Name());
            return [Judgement.Expand("create-temporary")];
        }
        if (cursor.Accept("unlogged"))
            return [CreateTable(cursor, state)];
        var unique = cursor.Accept("unique");
        if (cursor.Accept("index"))
            return [CreateIndex(cursor, state, unique)];
        if (cursor.Sees("table"))
            return [CreateTable(cursor, state)];
        if (cursor.Accept("materialized", "view") || cursor.Accept("view") || cursor.Accept("recursive", "view"))
        {
            cursor.Accept("if", "not", "exists");
            state.Create(cursor.Name());
            return [Judgement.Expand("create-view")];
        }
        if (cursor.Sees("trigger") || cursor.Sees("constraint", "trigger"))
        {
            var table = NameAfterOn(cursor);
            return [Judgement.Expand("create-trigger", state.IsNew(table) ? null : TableLock.ShareRowExclusive(table))];
        }
        if (cursor.Sees("rule"))
            return [Rule(cursor)];
        if (cursor.Sees("database") || cursor.Sees("tablespace") || cursor.Sees("subscription"))
            return
            [
                Judgement.Unsafe(
                    "not-in-transaction",
                    null,
                    "it acts on the server, not on this database: keep it out of migrations"
                ),
            ];
        if (cursor.Sees("role") || cursor.Sees("user") || cursor.Sees("group"))
            return
            [
                cursor.Sees("user", "mapping")
                    ? Judgement.Expand("create")
                    : Judgement.Unsafe(
                        "server-role",
                        null,
                        "roles belong to the server and their passwords to no file: create them with the infrastructure"
                    ),
            ];
        if (cursor.Sees("domain") && (cursor.RestHas("check") || cursor.RestHas("not", "null")))
            state.AddConstrainedDomain(NameAfter(cursor, "domain"));
        return
            cursor.Current.Text
                is "type"
                    or "domain"
                    or "sequence"
                    or "schema"
                    or "function"
                    or "procedure"
                    or "extension"
                    or "policy"
                    or "aggregate"
                    or "operator"
                    or "cast"
                    or "collation"
                    or "statistics"
                    or "publication"
                    or "text"
                    or "foreign"
                    or "server"
                    or "event"
                    or "conversion"
                    or "language"
                    or "transform"
                    or "access"
            ? [Judgement.Expand("create")]
            :
            [
                Judgement.Unsafe(
                    "unknown-statement",
                    null,
                    "this statement is not known to be harmless: have it reviewed"
                ),
            ];
    }

    private static Judgement Rule(SqlCursor cursor)
    {
        while (!cursor.AtEnd && !cursor.Accept("to"))
            cursor.Take();
        return Judgement.Unsafe(
            "create-rule",
            TableLock.AccessExclusive(cursor.Name()),
            "a rule rewrites the queries of the serving version: use a trigger or a view"
        );
    }

    private static Judgement CreateTable(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("table");
        cursor.Accept("if", "not", "exists");
        var table = cursor.Name();
        var parent = cursor.Accept("partition", "of") ? cursor.Name() : null;
        var isNew = parent is null || state.IsNew(parent);
        state.Create(table);
        if (!isNew && state.Schema.WithDefaultPartition.Contains(parent!))
        {
            return Judgement.Unsafe(
                "create-partition-beside-default",
                TableLock.AccessExclusive(parent!),
                "every row of the default partition is read: first add a CHECK to that one which excludes the new bounds, NOT VALID, and validate it in another migration"
            );
        }
        if (!isNew)
            return Judgement.Expand("create-partition", TableLock.AccessExclusive(parent!));
        return AlterTableRules.ReferencedBy(cursor.Rest) is { } referenced && !state.IsNew(referenced)
            ? Judgement.Expand("create-table", TableLock.ShareRowExclusive(referenced))
            : Judgement.Expand("create-table");
    }

    private static Judgement CreateIndex(SqlCursor cursor, ClassificationState state, bool unique)
    {
        var concurrently = cursor.Accept("concurrently");
        cursor.Accept("if", "not", "exists");
        var name = cursor.Sees("on") ? "" : cursor.Name();
        var table = NameAfterOn(cursor);
        if (cursor.Accept("using"))
            cursor.Take();
        var columns = new SqlCursor(cursor.Parenthesized()).Parts().Select(part => part.Rest).ToList();
        state.AddIndex(
            name,
            columns.All(one => one.Length == 1) ? [.. columns.Select(one => $"{table}.{one[0].Text}")] : []
        );
        if (state.IsNew(table))
        {
            return concurrently && state.InTransaction
                ? InTransaction(
                    "create-index-concurrently-in-transaction",
                    "leave CONCURRENTLY out: nobody uses the table yet"
                )
                : Judgement.Expand("index-on-new-table");
        }
        if (!concurrently)
        {
            return Judgement.Unsafe(
                "create-index",
                TableLock.Share(table),
                $"CREATE {(unique ? "UNIQUE " : "")}INDEX CONCURRENTLY, alone in a file with transaction:false"
            );
        }
        return state.InTransaction
            ? InTransaction(
                "create-index-concurrently-in-transaction",
                "put it alone into a file with transaction:false"
            )
            : Judgement.Expand("create-index-concurrently", TableLock.ShareUpdateExclusive(table));
    }

    private static Judgement Drop(SqlCursor cursor, ClassificationState state)
    {
        var what = cursor.Take().Text;
        if (what == "materialized" || what == "foreign" || what == "event" || what == "access")
            what += " " + cursor.Take().Text;
        if (what == "index")
            return DropIndex(cursor, state);
        if (what is "database" or "owned" or "tablespace" or "role" or "user" or "group" or "subscription")
            return Judgement.Unsafe(
                "drop-on-server",
                null,
                "it acts on the server, not on this database: keep it out of migrations"
            );
        cursor.Accept("if", "exists");
        if (cursor.RestHas("cascade"))
            return Judgement.Unsafe(
                "drop-cascade",
                "ACCESS EXCLUSIVE on all that depends",
                "CASCADE drops what is not named here: drop each object by its name"
            );
        if (what is "trigger" or "policy" or "rule")
        {
            var table = NameAfterOn(cursor);
            return state.IsNew(table)
                ? Judgement.Expand($"drop-{what}")
                : Judgement.Contract(
                    $"drop-{what}",
                    table,
                    TableLock.AccessExclusive(table),
                    "drop it once no serving version needs it"
                );
        }
        var names = cursor.Parts().Select(part => part.Name()).ToList();
        if (names.All(state.IsNew))
        {
            names.ForEach(state.Forget);
            return Judgement.Expand("drop-new");
        }
        var name = string.Join(",", names.Where(n => !state.IsNew(n)));
        return what switch
        {
            "table" or "foreign table" => Judgement.Contract(
                "drop-table",
                name,
                TableLock.AccessExclusive(name),
                "deploy a version that does not read it, let the rollback window pass, then drop it"
            ),
            _ => Judgement.Contract(
                $"drop-{what.Replace(' ', '-')}",
                name,
                what.EndsWith("view", StringComparison.Ordinal) ? TableLock.AccessExclusive(name) : null,
                "drop it once no serving version uses it"
            ),
        };
    }

    private static Judgement DropIndex(SqlCursor cursor, ClassificationState state)
    {
        var concurrently = cursor.Accept("concurrently");
        cursor.Accept("if", "exists");
        if (cursor.RestHas("cascade"))
            return Judgement.Unsafe(
                "drop-cascade",
                "ACCESS EXCLUSIVE on all that depends",
                "CASCADE drops what is not named here: drop each object by its name"
            );
        if (!concurrently)
            return Judgement.Unsafe(
                "drop-index",
                "ACCESS EXCLUSIVE on its table",
                "DROP INDEX CONCURRENTLY, alone in a file with transaction:false"
            );
        return state.InTransaction
            ? InTransaction("drop-index-concurrently-in-transaction", "put it alone into a file with transaction:false")
            : DropsUnique(cursor, state)
                ?? Judgement.Expand("drop-index-concurrently", "SHARE UPDATE EXCLUSIVE on its table");
    }

    private static Judgement? DropsUnique(SqlCursor cursor, ClassificationState state) =>
        cursor
            .Parts()
            .Select(part => state.Schema.UniqueIndexes.GetValueOrDefault(part.Name()))
            .FirstOrDefault(known => known is not null)
            is { } unique
            ? Judgement.Contract(
                "drop-unique-index",
                unique.Table,
                TableLock.ShareUpdateExclusive(unique.Table),
                "ON CONFLICT of the serving version needs it: drop it once no version does"
            )
            : null;

    private static Judgement Alter(SqlCursor cursor, ClassificationState state)
    {
        var what = cursor.Take().Text;
        if (what is "system" or "role" or "user" or "group" or "database" or "tablespace" or "subscription")
            return Judgement.Unsafe(
                "server-setting",
                null,
                "it acts beyond this schema: set it with the infrastructure"
            );
        if (what == "materialized" || what == "foreign" || what == "event")
            cursor.Take();
        cursor.Accept("if", "exists");
        if (what == "default" && cursor.Sees("privileges"))
            return cursor.RestHas("revoke") ? Judgement.Contract("revoke", "privileges") : Judgement.Expand("grant");
        var name = cursor.Name();
        if (state.IsNew(name))
            return Judgement.Expand($"alter-new-{what}");
        if (
            cursor.RestHas("owner", "to")
            || what is "extension" or "publication" or "policy" or "statistics" or "operator"
        )
            return Judgement.Expand($"alter-{what}");
        if (what == "index")
        {
            return cursor.RestHas("set", "tablespace")
                ? Judgement.Unsafe(
                    "set-tablespace",
                    "ACCESS EXCLUSIVE while the index is rewritten",
                    "create a new index CONCURRENTLY in the tablespace, drop the old one"
                )
                : Judgement.Expand("alter-index", "SHARE UPDATE EXCLUSIVE on the index");
        }
        if (what == "type" && cursor.Accept("add", "value"))
            return Judgement.Expand("add-enum-value");
        if (what == "sequence" && cursor.RestHas("restart"))
            return Judgement.Unsafe(
                "restart-sequence",
                null,
                "a sequence set back hands out numbers that are taken: set it forward with setval(max(id))"
            );
        if (cursor.RestHas("rename"))
            return Judgement.Unsafe(
                $"rename-{what}",
                null,
                "the serving version fails at once: create the new one beside it, drop the old one in a later release"
            );
        if (cursor.RestHas("set", "schema"))
            return Judgement.Unsafe(
                "set-schema",
                null,
                "the serving version no longer finds it: create the new one beside it, drop the old one in a later release"
            );
        if (what == "type")
        {
            return cursor.Sees("drop", "attribute")
                ? Judgement.Contract("drop-attribute", name, null, "drop it once no serving version reads it")
                : Judgement.Unsafe(
                    "alter-type",
                    "ACCESS EXCLUSIVE on every table that uses it",
                    "make a new type and a column of it"
                );
        }
        if (what == "domain" && cursor.Sees("add"))
            state.AddConstrainedDomain(name);
        if (what == "domain" && (cursor.Sees("add") && !cursor.RestHas("not", "valid") || cursor.Sees("set", "not")))
            return Judgement.Unsafe(
                "alter-domain",
                "SHARE on every table that uses it, while every row is read",
                "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another migration"
            );
        return
            what
                is "domain"
                    or "sequence"
                    or "view"
                    or "function"
                    or "procedure"
                    or "routine"
                    or "schema"
                    or "trigger"
                    or "aggregate"
                    or "materialized"
                    or "foreign"
                    or "server"
                    or "event"
                    or "language"
                    or "collation"
                    or "text"
            ? Judgement.Expand($"alter-{what}")
            : Judgement.Unsafe(
                "unknown-statement",
                null,
                "this statement is not known to be harmless: have it reviewed"
            );
    }

    private static Judgement Insert(SqlCursor cursor)
    {
        cursor.Accept("into");
        return Judgement.Expand("insert-rows", TableLock.RowExclusive(cursor.Name()));
    }

    private static Judgement Update(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("only");
        var table = cursor.Name();
        if (state.IsNew(table))
            return Judgement.Expand("update-new-table");
        if (!Condition.IsBounded(cursor.Rest))
        {
            return Judgement.Unsafe(
                "update-all-rows",
                $"{TableLock.RowExclusive(table)}, every row it touches locked to the end",
                "update in batches by primary key outside the migration, or one batch per migration (WHERE id BETWEEN … AND …)"
            );
        }
        return Judgement.Expand("update-some-rows", TableLock.RowExclusive(table));
    }

    private static Judgement Delete(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("from");
        cursor.Accept("only");
        var table = cursor.Name();
        if (state.IsNew(table))
            return Judgement.Expand("delete-from-new-table");
        return Condition.IsBounded(cursor.Rest)
            ? Judgement.Contract(
                "delete-rows",
                table,
                TableLock.RowExclusive(table),
                "keep the rows until no serving version reads them; the backup is the only way back"
            )
            : Judgement.Unsafe(
                "delete-all-rows",
                TableLock.RowExclusive(table),
                "the backup is the only way back: delete named rows, in batches"
            );
    }

    private static Judgement Truncate(SqlCursor cursor, ClassificationState state)
    {
        cursor.Accept("table");
        cursor.Accept("only");
        var tables = cursor.Parts().Select(part => part.Name()).ToList();
        return tables.All(state.IsNew)
            ? Judgement.Expand("truncate-new-table")
            : Judgement.Unsafe(
                "truncate",
                TableLock.AccessExclusive(string.Join(",", tables)),
                "the backup is the only way back: delete named rows, in batches"
            );
    }

    // The statement at the end decides; one that changes rows inside the WITH list decides as well.
    private static Judgement With(SqlCursor cursor, ClassificationState state)
    {
        Judgement? worst = null;
        var tokens = cursor.Rest;
        for (var i = 0; i < tokens.Length; i++)
        {
            // "for update" locks rows of a select, "on update" and "do update" belong to other statements.
            if (tokens[i].Text is not ("update" or "delete" or "merge") || tokens[i].Kind != SqlTokenKind.Word)
                continue;
            if (i > 0 && tokens[i - 1].Text is "for" or "do" or "on" or "key")
                continue;
            var part = new SqlCursor(tokens[i..]);
            var word = part.Take().Text;
            var judgement = word switch
            {
                "update" => Update(part, state),
                "delete" => Delete(part, state),
                _ => Judgement.Unsafe("merge", null, "write batches of INSERT and UPDATE"),
            };
            if (worst is null || judgement.Class > worst.Class)
                worst = judgement;
        }
        return worst ?? Judgement.Expand(cursor.RestHas("insert", "into") ? "insert-rows" : "select");
    }

    private static Judgement Select(SqlCursor cursor)
    {
        if (cursor.RestHas("for", "update") || cursor.RestHas("for", "share") || cursor.RestHas("for", "no"))
            return Judgement.Unsafe(
                "lock-rows",
                "ROW SHARE, every row it returns locked to the end",
                "a migration has no use for rows that it locks: remove it"
            );
        if (cursor.RestHas("pg_sleep") || cursor.RestHas("pg_advisory_lock") || cursor.RestHas("pg_advisory_xact_lock"))
            return Judgement.Unsafe("waits", null, "it holds the transaction's locks while it waits: remove it");
        if (cursor.RestHas("lo_unlink"))
            return Judgement.Contract("delete-rows", "pg_largeobject", null, "the backup is the only way back");
        return Judgement.Expand("select");
    }

    private static Judgement Copy(SqlCursor cursor)
    {
        if (cursor.RestHas("program"))
            return Judgement.Unsafe("copy-program", null, "it runs a program on the server: load the rows with INSERT");
        if (cursor.RestHas("from", "stdin"))
            return Judgement.Unsafe("copy-from-stdin", null, "no migration tool sends the rows after it: use INSERT");
        return Judgement.Expand("copy");
    }

    private static Judgement Lock(SqlCursor cursor)
    {
        cursor.Accept("table");
        cursor.Accept("only");
        var table = cursor.Name();
        return cursor.RestHas("access", "share") || cursor.RestHas("row", "share")
            ? Judgement.Expand("lock-weak")
            : Judgement.Unsafe(
                "lock-table",
                TableLock.AccessExclusive(table),
                "every statement takes the lock it needs, for as long as it needs: remove it"
            );
    }

    private static Judgement Vacuum(SqlCursor cursor, ClassificationState state)
    {
        if (cursor.RestHas("full"))
            return Judgement.Unsafe(
                "vacuum-full",
                "ACCESS EXCLUSIVE while the table is rewritten",
                "pg_repack, or a maintenance window"
            );
        return state.InTransaction
            ? InTransaction(
                "vacuum-in-transaction",
                "put it alone into a file with transaction:false, or leave it to autovacuum"
            )
            : Judgement.Expand("vacuum");
    }

    private static Judgement Reindex(SqlCursor cursor, ClassificationState state)
    {
        if (!cursor.RestHas("concurrently"))
            return Judgement.Unsafe(
                "reindex",
                "SHARE on its table, ACCESS EXCLUSIVE on the index",
                "REINDEX … CONCURRENTLY, alone in a file with transaction:false"
            );
        return state.InTransaction
            ? InTransaction("reindex-concurrently-in-transaction", "put it alone into a file with transaction:false")
            : Judgement.Expand("reindex-concurrently");
    }

    private static Judgement Refresh(SqlCursor cursor)
    {
        cursor.Accept("materialized", "view");
        if (cursor.Accept("concurrently"))
            return Judgement.Expand("refresh-concurrently", $"EXCLUSIVE on {cursor.Name()}");
        return cursor.RestHas("with", "no", "data")
            ? Judgement.Unsafe(
                "refresh-empties",
                TableLock.AccessExclusive(cursor.Name()),
                "readers fail until it is filled: REFRESH … CONCURRENTLY"
            )
            : Judgement.Unsafe(
                "refresh",
                TableLock.AccessExclusive(cursor.Name()),
                "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index)"
            );
    }

    private static Judgement Set(SqlCursor cursor)
    {
        cursor.Accept("local");
        cursor.Accept("session");
        var name = cursor.Name();
        if (name is "role" or "authorization")
            return Judgement.Unsafe(
                "set-role",
                null,
                "objects would belong to another role than the pipeline's: remove it"
            );
        if (
            name is "lock_timeout" or "statement_timeout" or "idle_in_transaction_session_timeout"
            && cursor.Rest is [_, { Text: "0" or "default" or "'0'" }, ..]
        )
            return Judgement.Unsafe(
                "disables-timeout",
                null,
                "a lock that is not had would stop every query behind it: keep the time-out"
            );
        if (name == "session_replication_role")
            return Judgement.Unsafe(
                "disable-trigger",
                null,
                "writes pass without triggers and foreign keys: leave it on"
            );
        return Judgement.Expand("set");
    }

    private static Judgement InTransaction(string rule, string saferWay) =>
        Judgement.Unsafe(rule, null, $"it fails in a transaction: {saferWay}");

    private static string NameAfter(SqlCursor cursor, string word)
    {
        var name = new SqlCursor(cursor.Rest);
        name.Accept(word);
        return name.Name();
    }

    private static string NameAfterOn(SqlCursor cursor)
    {
        while (!cursor.AtEnd && !cursor.Accept("on"))
            cursor.Take();
        cursor.Accept("only");
        return cursor.Name();
    }
}
