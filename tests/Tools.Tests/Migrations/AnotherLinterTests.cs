using System.Text.Json;
using Slipway.Deployment.Tests;

namespace Slipway.Tools.Tests;

/// <summary>
/// What squawk, somebody else's linter, says of the look-alikes: an opinion, and no gate. Where it objects, the server was
/// asked (<see cref="HazardsOnAServer"/>), and does no work while anybody waits.
/// </summary>
public class AnotherLinterTests
{
    /// <summary>Of style, or of time-outs, which the pipeline passes in the connection URL.</summary>
    private static readonly string[] NotOfHazards =
    [
        "prefer-robust-stmts",
        "prefer-bigint-over-int",
        "prefer-text-field",
        "prefer-identity",
        "prefer-timestamptz",
        "require-enum-value-ordering",
        "require-lock-timeout",
        "require-statement-timeout",
        "require-timeout-settings",
    ];

    [Test]
    public async Task Objects_to_seven_look_alikes_and_the_server_does_not()
    {
        var objections = new List<string>();
        foreach (var sql in HazardTable.Harmless)
            if (await ObjectsAsync(sql))
                objections.Add(sql);

        objections.ShouldBe([
            "alter table users add column name varchar(50) default upper('x')",
            "alter table users add column valid_until date default (current_date + interval '1 day')::date",
            "alter table users alter column email drop not null",
            "alter table users add column org_id int references orgs (id)",
            "alter table users add column since time default localtime(0)",
            "create table a (id int); alter table a alter column id set not null; alter table a rename column id to key",
            "create table a (id int); drop table a",
        ]);
    }

    private static async Task<bool> ObjectsAsync(string sql)
    {
        using var folder = new ScratchFolder();
        var alone = sql.StartsWith("alone: ", StringComparison.Ordinal);
        var file = folder.File("up.sql", sql.Replace("alone: ", "", StringComparison.Ordinal) + ";\n");
        var result = await SharedCluster.Runner.RunAsync(
            Command.Of(
                Sandbox.Repository.At(".slipway", "npm", "node_modules", "@squawk-cli", "linux-x64", "bin", "squawk"),
                ["--reporter=json", "--pg-version=15.0", .. alone ? (string[])[] : ["--assume-in-transaction"], file]
            ) with
            {
                SuccessExitCodes = [0, 1],
            }
        );
        using var said = JsonDocument.Parse(result.Output);
        return said
            .RootElement.EnumerateArray()
            .Any(one => !NotOfHazards.Contains(one.GetProperty("rule_name").GetString()));
    }
}
