using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Deployment.Tests.Secrets;

public sealed class SecretsRulesTests
{
    private static readonly SecretsDeclaration Declared = new(
        "dev",
        "environments/dev/secrets.enc",
        ["A", "B"],
        ["age1x"]
    );

    private static readonly SecretsInspection Sound = new(
        "json",
        ["age1x"],
        [],
        MacOnlyEncrypted: false,
        [new("A", SecretState.Present), new("B", SecretState.Present)],
        "2026-11-20T16:07:02Z"
    );

    [Test]
    public void A_file_as_declared_has_no_problem() => SecretsRules.Check(Declared, Sound).ShouldBeEmpty();

    [Test]
    public void Names_that_are_hidden_are_no_problem() =>
        SecretsRules.Check(Declared, Sound with { Entries = null }).ShouldBeEmpty();

    [TestCase(SecretState.Empty, "A: is empty, expected a value")]
    [TestCase(SecretState.Plain, "A: is not encrypted, expected an encrypted value")]
    [TestCase(SecretState.Nested, "A: is a map or a list, expected one value")]
    [TestCase(SecretState.NotText, "A: is not text, expected text, in quotes where the format knows other types")]
    public void Each_state_but_present_is_a_problem(SecretState state, string problem) =>
        Problems(Sound with { Entries = [new("A", state), new("B", SecretState.Present)] }).ShouldBe([problem]);

    [Test]
    public void All_problems_are_told_at_once() =>
        Problems(
                new SecretsInspection(
                    "yaml",
                    ["age1evil"],
                    ["kms"],
                    MacOnlyEncrypted: true,
                    [new("B", SecretState.Present), new("B", SecretState.Empty), new("C", SecretState.Present)],
                    ""
                )
            )
            .ShouldBe([
                "sops.age: age1evil can decrypt it, expected only recipients that the configuration names",
                "sops.age: age1x cannot decrypt it, expected every recipient that the configuration names",
                "sops.kms: holds the data key too, expected age recipients alone",
                "sops.mac_only_encrypted: leaves plain values out of the MAC, expected a MAC over all values",
                "A: is missing, expected a value, as the configuration declares it",
                "C: is not declared, expected only names in the configuration's list of secrets",
                "B: stands there more than once, expected one value per name",
                "B: is empty, expected a value",
            ]);

    [Test]
    public void A_declaration_without_recipients_is_a_problem() =>
        SecretsRules
            .Check(Declared with { Recipients = [] }, Sound)
            .Select(problem => problem.What)
            .ShouldBe(["the configuration names nobody who may decrypt", "age1x can decrypt it"]);

    /// <summary>No subset, superset, renaming or repetition of the declared names passes: all sets against all lists of three.</summary>
    [Test]
    public void Only_the_exact_set_of_names_passes()
    {
        string[] letters = ["A", "B", "C"];
        var lists = new List<string[]> { Array.Empty<string>() };
        for (var at = 0; at < 1 + 3 + 9; at++)
        {
            lists.AddRange(letters.Select(letter => (string[])[.. lists[at], letter]));
        }

        foreach (var declared in lists.Where(list => list.SequenceEqual(list.Distinct().Order())))
        {
            foreach (var found in lists)
            {
                var problems = SecretsRules.Check(
                    Declared with
                    {
                        Names = [.. declared],
                    },
                    Sound with
                    {
                        Entries = [.. found.Select(name => new SecretEntry(name, SecretState.Present))],
                    }
                );
                problems.IsEmpty.ShouldBe(found.Order().SequenceEqual(declared), $"{string.Join(',', found)}");
            }
        }

        lists.Count.ShouldBe(40);
    }

    [TestCase("A", true)]
    [TestCase("_A9", true)]
    [TestCase("database_url", true)]
    [TestCase("", false)]
    [TestCase("9A", false)]
    [TestCase("A-B", false)]
    [TestCase("A B", false)]
    [TestCase("A\n", false)]
    [TestCase("Ä", false)]
    [TestCase("$(id)", false)]
    [TestCase("../../x", false)]
    [TestCase("sops", false)]
    [TestCase("data", false)]
    [TestCase("A_unencrypted", false)]
    public void A_name_is_what_a_child_can_be_given(string name, bool valid) =>
        SecretsDeclaration.IsName(name).ShouldBe(valid);

    [Test]
    public void A_declaration_is_taken_from_the_configuration()
    {
        var declaration = SecretsDeclaration.Of(
            new EnvironmentConfiguration
            {
                Name = "staging",
                SecretNames = ["A"],
                SecretRecipients = ["age1x"],
            }
        );
        declaration.File.ShouldBe("environments/staging/secrets.enc");
        declaration.Line("--rotate").ShouldBe("./build.sh --target=Secrets --environment=staging --rotate");
        declaration.Names.ShouldBe(["A"]);
        declaration.Recipients.ShouldBe(["age1x"]);
    }

    [Test]
    public void A_refusal_names_the_file_in_every_line_and_what_to_type()
    {
        var problems = SecretsRules.Check(Declared, Sound with { Entries = [] });
        var refused = Should.Throw<SecretsRefusedException>(() => SecretsDemands.None(Declared, problems));
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        refused.Message.Split('\n').ShouldAllBe(line => line.StartsWith("environments/dev/secrets.enc: "));
        refused.Next.ShouldBe("./build.sh --target=Secrets --environment=dev --set=NAME (or --remove=NAME)");
        Should.NotThrow(() => SecretsDemands.None(Declared, []));
    }

    private static IEnumerable<string> Problems(SecretsInspection inspection) =>
        SecretsRules.Check(Declared, inspection).Select(problem => problem.ToString());
}
