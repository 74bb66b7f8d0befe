using System.Text;
using System.Text.RegularExpressions;
using Slipway.Migrations;

namespace Slipway.Deployment.Tests;

/// <summary>The tables of <c>docs/migrations.md</c>; the words around them are written by hand.</summary>
public partial class MigrationsPage
{
    private const string Begin = "<!-- the tables begin: written by MigrationsPage -->\n";
    private const string End = "<!-- the tables end -->";

    /// <summary>Writes them anew and fails when they were others: the change is there to be looked at and committed.</summary>
    [Test]
    public void Shows_what_the_classifier_says()
    {
        var file = Path.Combine(Repository(), "docs", "migrations.md");
        var page = File.ReadAllText(file);
        var from = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = page.IndexOf(End, StringComparison.Ordinal);
        var before = page[from..to];
        var now = Tables();
        if (before != now)
            File.WriteAllText(file, page[..from] + now + page[to..]);

        before.ShouldBe(now, "docs/migrations.md said something else, and was written anew");
    }

    /// <summary>A rule that nothing in the table shows is a rule that nobody has tried.</summary>
    [Test]
    public void Has_every_rule_that_refuses()
    {
        var rules = Directory
            .GetFiles(Path.Combine(Repository(), "build", "Deployment", "Migrations"), "*.cs")
            .SelectMany(source => Refusal().Matches(File.ReadAllText(source)))
            .Select(match => match.Groups["rule"].Value)
            .Where(rule => !rule.Contains('{', StringComparison.Ordinal))
            .ToHashSet();
        rules.Count.ShouldBeGreaterThan(60);

        // These need to know the database or the whole file: each has a test of its own beside the classifier's.
        rules
            .Except(HazardTable.Unsafe.Concat(HazardTable.Contract).Select(row => row.Rule))
            .ShouldBe(
                [
                    "missing-lock-timeout",
                    "widen-checked-column",
                    "create-partition-beside-default",
                    "drop-unique-index",
                ],
                ignoreOrder: true
            );
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        Add(
            $"{HazardTable.Unsafe.Length} that are refused without an override:",
            HazardTable.Unsafe.Select(row => row.Sql)
        );
        Add(
            $"{HazardTable.Contract.Length} that take something away, and are refused while a version reads it:",
            HazardTable.Contract.Select(row => row.Sql)
        );
        Add($"{HazardTable.Harmless.Length} that look alike and are let through:", HazardTable.Harmless);
        return text.ToString();

        void Add(string title, IEnumerable<string> rows)
        {
            text.Append($"\n{title}\n\n| SQL | rule | lock | safer way |\n|---|---|---|---|\n");
            foreach (var sql in rows)
            {
                var findings = MigrationClassifierTests.Classify(sql);
                var worst = findings.MaxBy(finding => finding.Class);
                text.Append(
                    $"| {Code(sql)} | {worst?.Rule ?? "nothing"} | {Cell(worst?.Lock)} | {Cell(worst?.SaferWay)} |\n"
                );
            }
        }
    }

    private static string Cell(string? text) => text?.Replace("|", "\\|", StringComparison.Ordinal) ?? "";

    private static string Code(string sql) =>
        sql.Length == 0
            ? "an empty file"
            : $"`{sql.Replace("\n", " ⏎ ", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)}`";

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "slipway.json")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no slipway.json above the tests");
    }

    [GeneratedRegex("(?:Unsafe|Contract|Rewrite|InTransaction)\\(\\s*\"(?<rule>[^\"]+)\"")]
    private static partial Regex Refusal();
}
