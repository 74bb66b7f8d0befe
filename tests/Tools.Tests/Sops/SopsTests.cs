using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Outcomes;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>The files of environments, on a disk.</summary>
public sealed class SopsTests
{
    private const string File = "environments/dev/secrets.enc";

    private static readonly AgeIdentity Identity = AgeIdentity.Generate();
    private static readonly AgeKeys Keys = AgeKeys.Parse("key.txt", Identity.ToSecret().Reveal());
    private static readonly SecretsDeclaration Declared = new(
        "dev",
        File,
        ["DATABASE_URL", "TOKEN"],
        [Identity.Recipient.Text]
    );

    private string _root = "";

    [SetUp]
    public void MakeRoot() => _root = Directory.CreateTempSubdirectory("slipway-sops-").FullName;

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task From_nothing_to_secrets_without_the_sops_program()
    {
        await Editor().InitAsync(Declared, ImmutableSortedDictionary<string, Secret>.Empty, replace: false);
        (await Editor().SetAsync(Declared, "TOKEN", new Secret("t0k"))).ShouldBeTrue();
        (await Editor().SetAsync(Declared, "DATABASE_URL", new Secret("postgres://u:p@h/db"))).ShouldBeTrue();
        (await Editor().SetAsync(Declared, "TOKEN", new Secret("t0k"))).ShouldBeFalse();

        var secrets = await Reader().ReadAsync(Declared);
        secrets
            .Values.Select(value => $"{value.Key}={value.Value.Reveal()}")
            .ShouldBe(["DATABASE_URL=postgres://u:p@h/db", "TOKEN=t0k"]);
        secrets.FileSha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Bytes())));
        secrets.ToString().ShouldNotContain("t0k");
        (await Reader().CheckAsync(Declared)).Problems.ShouldBeEmpty();
        (await Reader().ListAsync(Declared)).ShouldBe(["DATABASE_URL", "TOKEN"]);
        Directory.GetFiles(Path.Combine(_root, "environments", "dev")).Length.ShouldBe(1);
    }

    [TestCase("DATABASE_URL=postgres://x?a=b\n# comment\n\nTOKEN=t0k\n")]
    [TestCase("DATABASE_URL=postgres://x?a=b\r\nTOKEN=t0k\r\n")]
    [TestCase("{\"DATABASE_URL\": \"postgres://x?a=b\", \"TOKEN\": \"t0k\"}")]
    [TestCase("DATABASE_URL: postgres://x?a=b\nTOKEN: \"t0k\"\n")]
    public async Task A_binary_file_holds_any_list_of_secrets(string payload)
    {
        WriteBinary(payload);
        var secrets = await Reader().ReadAsync(Declared);
        secrets.Values["DATABASE_URL"].Reveal().ShouldBe("postgres://x?a=b");
        secrets.Values["TOKEN"].Reveal().ShouldBe("t0k");
        var report = await Reader().CheckAsync(Declared);
        report.Problems.ShouldBeEmpty();
        report.Inspection.ShouldNotBeNull().Entries.ShouldBeNull();
        (await Reader().ListAsync(Declared)).ShouldBe(["DATABASE_URL", "TOKEN"]);
    }

    [TestCase("DATABASE_URL=x\n", "TOKEN: is missing")]
    [TestCase("DATABASE_URL=x\nTOKEN=\n", "TOKEN: is empty")]
    [TestCase("DATABASE_URL=x\nTOKEN=y\nMORE=z\n", "MORE: is not declared")]
    [TestCase("DATABASE_URL=x\nTOKEN=y\nTOKEN=z\n", "TOKEN: stands there more than once")]
    [TestCase("{\"DATABASE_URL\": \"x\", \"TOKEN\": {\"a\": \"b\"}}", "TOKEN: is a map or a list")]
    [TestCase("{\"DATABASE_URL\": \"x\", \"TOKEN\": true}", "TOKEN: is not text")]
    [TestCase("{\"DATABASE_URL\": \"x\", \"TOKEN\": \"a\\u0000b\"}", "TOKEN: is not text")]
    public async Task A_file_that_is_not_as_declared_is_refused(string payload, string problem)
    {
        WriteBinary(payload);
        var refused = await Should.ThrowAsync<SecretsRefusedException>(() => Reader().ReadAsync(Declared));
        refused.Message.ShouldStartWith($"{File}: {problem}, expected ");
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        refused.Next.ShouldNotBeNull().ShouldContain("--environment=dev");
    }

    [TestCase("hunter2")]
    [TestCase("{\"a\": hunter2")]
    [TestCase("A=b\nhunter2\n")]
    [TestCase("- hunter2\n")]
    public async Task A_payload_that_is_no_list_of_secrets_is_refused_unseen(string payload)
    {
        WriteBinary(payload);
        var refused = await Should.ThrowAsync<SopsException>(() => Reader().ReadAsync(Declared));
        refused.Message.ShouldStartWith($"{File}: the decrypted content is no list of secrets: ");
        refused.ToString().ShouldNotContain("hunter2");
    }

    [Test]
    public async Task A_plain_file_is_refused_by_name_and_not_shown()
    {
        Write("TOKEN=hunter2\n");
        var refused = await Should.ThrowAsync<SopsException>(() => Reader().ReadAsync(Declared));
        refused.Code.ShouldBe("NO_METADATA");
        refused.Message.ShouldStartWith($"{File}: the file is not encrypted");
        refused.ToString().ShouldNotContain("hunter2");
        var problem = (await Reader().CheckAsync(Declared)).Problems.ShouldHaveSingleItem();
        problem.ToString().ShouldStartWith("the file is not encrypted");
        problem.ToString().ShouldNotContain("hunter2");
    }

    [Test]
    public async Task A_file_that_is_not_there_is_an_answer_of_the_check()
    {
        (await Reader().CheckAsync(Declared)).Problems.ShouldHaveSingleItem().What.ShouldBe($"{File}: is not there");
        var refused = await Should.ThrowAsync<SopsException>(() => Reader().ReadAsync(Declared));
        refused.Next.ShouldBe("./build.sh --target=Secrets --environment=dev --init");
    }

    [Test]
    public async Task A_file_that_is_no_text_is_refused()
    {
        Write("");
        await System.IO.File.WriteAllBytesAsync(Path.Combine(_root, File), [0x7b, 0xff, 0xfe, 0x00]);
        (await Should.ThrowAsync<SopsException>(() => Reader().ReadAsync(Declared))).Code.ShouldBe("PARSE");
    }

    [Test]
    public async Task Recipients_are_exactly_the_pinned_ones()
    {
        await WriteDeclaredAsync();
        var added = Declared with { Recipients = [.. Declared.Recipients, AgeIdentity.Generate().Recipient.Text] };
        var dropped = Declared with { Recipients = [AgeIdentity.Generate().Recipient.Text] };
        foreach (var (declaration, problems) in new[] { (added, 1), (dropped, 2) })
        {
            var refused = await Should.ThrowAsync<SecretsRefusedException>(() => Reader().ReadAsync(declaration));
            refused.Problems.Length.ShouldBe(problems);
            refused.Next.ShouldBe("./build.sh --target=Secrets --environment=dev --rotate");
            (await Reader().CheckAsync(declaration)).Problems.Length.ShouldBe(problems);
            await Should.ThrowAsync<SecretsRefusedException>(() =>
                Editor().SetAsync(declaration, "TOKEN", new Secret("x"))
            );
            await Should.ThrowAsync<SecretsRefusedException>(() => Editor().RemoveAsync(declaration, "TOKEN"));
        }

        await Editor().RotateAsync(added);
        (await Reader().ReadAsync(added)).Values.Count.ShouldBe(2);
    }

    [Test]
    public async Task What_the_MAC_does_not_catch_is_caught()
    {
        await WriteDeclaredAsync();
        var sound = System.IO.File.ReadAllText(Path.Combine(_root, File));
        (string Name, Func<string, string> Change, string Problem)[] cases =
        [
            (
                "an empty key more",
                text => text.Replace("{\n\t\"D", "{\n\t\"X\": \"\",\n\t\"D", StringComparison.Ordinal),
                "X: is "
            ),
            (
                "a recipient more",
                text =>
                    Json(
                        text,
                        sops => sops["age"]!.AsArray().Add(new JsonObject { ["recipient"] = "age1evil", ["enc"] = "x" })
                    ),
                "sops.age: age1evil can decrypt it"
            ),
            (
                "a key service more",
                text => Json(text, sops => sops["pgp"] = new JsonArray(new JsonObject { ["fp"] = "85D77543" })),
                "sops.pgp: holds the data key too"
            ),
            (
                "a smaller MAC",
                text => Json(text, sops => sops["mac_only_encrypted"] = true),
                "sops.mac_only_encrypted: "
            ),
        ];
        foreach (var (name, change, problem) in cases)
        {
            Write(change(sound));
            var refused = await Should.ThrowAsync<SecretsRefusedException>(() => Reader().ReadAsync(Declared), name);
            refused.Message.ShouldContain(problem, customMessage: name);
        }

        Write(sound);
        (await Reader().ReadAsync(Declared)).Values.Count.ShouldBe(2);
    }

    [Test]
    public async Task Plain_values_are_refused_though_SOPS_allows_them()
    {
        Write(SopsVectors.Text("gen/neg/weak.env"));
        var declaration = new SecretsDeclaration(
            "dev",
            File,
            ["A_unencrypted", "B_unencrypted", "S"],
            ["age10hc34h0m4m3exgtert8truv3pesxdzzz7cudqa90pnfj09eszevqqnnw3p"]
        );
        var refused = await Should.ThrowAsync<SecretsRefusedException>(() =>
            new Tools.Sops(SopsVectors.Keys, _root).ReadAsync(declaration)
        );
        refused.Problems.Select(problem => problem.Where).ShouldBe(["A_unencrypted", "B_unencrypted"]);
        (await new Tools.Sops(AgeKeys.None, _root).CheckAsync(declaration)).Problems.Length.ShouldBe(2);
    }

    [Test]
    public async Task A_file_is_not_replaced_unasked()
    {
        await WriteDeclaredAsync();
        var before = Bytes();
        var empty = ImmutableSortedDictionary<string, Secret>.Empty;
        (
            await Should.ThrowAsync<PipelineException>(() => Editor().InitAsync(Declared, empty, replace: false))
        ).Message.ShouldBe($"{File}: is already there");
        Bytes().ShouldBe(before);
        await Editor().InitAsync(Declared, empty, replace: true);
        (await Reader().ListAsync(Declared)).ShouldBeEmpty();
    }

    [TestCase("MORE", "v", "is not declared")]
    [TestCase("A B", "v", "is no name")]
    [TestCase("TOKEN", "", "the value is empty")]
    [TestCase("TOKEN", "a\0b", "the value is not text")]
    [TestCase("postgres://u:hunter2@h/db", "v", "this is no name")]
    public async Task What_cannot_be_set_is_refused_before_anything_is_written(
        string name,
        string value,
        string message
    )
    {
        await WriteDeclaredAsync();
        var before = Bytes();
        var refused = await Should.ThrowAsync<PipelineException>(() =>
            Editor().SetAsync(Declared, name, new Secret(value))
        );
        refused.Message.ShouldContain(message);
        refused.ToString().ShouldNotContain("hunter2");
        Bytes().ShouldBe(before);
    }

    [Test]
    public async Task A_recipient_that_is_none_is_named_before_anything_is_written()
    {
        var declaration = Declared with { Recipients = ["age1typo"] };
        var refused = await Should.ThrowAsync<PipelineException>(() =>
            Editor().InitAsync(declaration, ImmutableSortedDictionary<string, Secret>.Empty, replace: false)
        );
        refused.Message.ShouldContain("age1typo in secretRecipients is no age X25519 recipient");
        System.IO.File.Exists(Path.Combine(_root, File)).ShouldBeFalse();
    }

    [Test]
    public async Task Editing_is_handed_to_the_sops_program_with_the_files_own_format()
    {
        await WriteDeclaredAsync();
        var program = new SopsProgram(Reader(), _root);
        var command = await program.CommandAsync(Declared);
        command.Program.ShouldBe("sops");
        command.Arguments.ShouldBe([
            "edit",
            "--input-type",
            "json",
            "--output-type",
            "json",
            Path.Combine(_root, File),
        ]);
        WriteBinary("TOKEN=x\n");
        (await program.CommandAsync(Declared)).Arguments[2].ShouldBe("binary");
    }

    [Test]
    public async Task An_SSH_key_opens_it_through_the_age_program()
    {
        var ssh = Path.Combine(_root, "id_ed25519");
        await AgeProgramRunner.OutputAsync("ssh-keygen", [], "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", ssh);
        var recipient = (await System.IO.File.ReadAllTextAsync(ssh + ".pub")).Trim();
        await WriteDeclaredAsync();
        var text = System.IO.File.ReadAllText(Path.Combine(_root, File));
        var envelope = AgeArmor.Read(SopsDocument.Parse(text).Metadata.AgeKeys[0].Envelope);
        var dataKey = AgeFile.Open(envelope, [Identity]).ShouldNotBeNull();
        var resealed = Encoding.ASCII.GetString(
            await AgeProgramRunner.OutputAsync("age", dataKey, "-a", "-r", recipient)
        );
        Write(
            Json(
                text,
                sops => sops["age"] = new JsonArray(new JsonObject { ["recipient"] = recipient, ["enc"] = resealed })
            )
        );

        var declaration = Declared with { Recipients = [recipient] };
        var keys = await AgeKeys.LoadAsync(name => name == AgeKeys.SshFileVariable ? ssh : null, []);
        var runner = new AgeProgramRunner();
        var secrets = await new Tools.Sops(keys, _root, runner).ReadAsync(declaration);
        secrets.Values["TOKEN"].Reveal().ShouldBe("t0k");
        var command = runner.Commands.ShouldHaveSingleItem();
        command.Arguments[..3].ShouldBe(["--decrypt", "--identity", ssh]);
        Directory.Exists(command.WorkingDirectory).ShouldBeFalse("the folder of the data key is removed");

        // Another key: age answers 1, which is no failure of the tool.
        await AgeProgramRunner.OutputAsync(
            "ssh-keygen",
            [],
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "",
            "-f",
            ssh + "2"
        );
        var others = await AgeKeys.LoadAsync(name => name == AgeKeys.SshFileVariable ? ssh + "2" : null, []);
        var refused = await Should.ThrowAsync<SopsException>(() =>
            new Tools.Sops(others, _root, runner).ReadAsync(declaration)
        );
        refused.Code.ShouldBe("NO_KEY");
    }

    private static string Json(string text, Action<JsonObject> change)
    {
        var root = JsonNode.Parse(text)!.AsObject();
        change(root["sops"]!.AsObject());
        return root.ToJsonString();
    }

    private Tools.Sops Reader() => new(Keys, _root);

    private SopsEditor Editor() => new(Keys, _root, TimeProvider.System);

    private Task WriteDeclaredAsync() =>
        Editor()
            .InitAsync(
                Declared,
                ImmutableSortedDictionary<string, Secret>
                    .Empty.Add("DATABASE_URL", new Secret("postgres://x"))
                    .Add("TOKEN", new Secret("t0k")),
                replace: false
            );

    private byte[] Bytes() => System.IO.File.ReadAllBytes(Path.Combine(_root, File));

    private void Write(string text)
    {
        Directory.CreateDirectory(Path.Combine(_root, "environments", "dev"));
        System.IO.File.WriteAllText(Path.Combine(_root, File), text);
    }

    /// <summary>What <c>sops encrypt secrets.enc</c> makes: one value, whose name is data.</summary>
    private void WriteBinary(string payload)
    {
        var key = SopsDataKey.Generate();
        using var cipher = key.Cipher();
        using var mac = new SopsMac(onlyEncrypted: false);
        mac.Add(Encoding.UTF8.GetBytes(payload), encrypted: true);
        const string time = "2026-11-20T16:07:02Z";
        var envelope = key.For(Identity.Recipient);
        var root = new JsonObject
        {
            ["data"] = SopsCiphertext.Seal(cipher, payload, "data:"),
            ["sops"] = new JsonObject
            {
                ["age"] = new JsonArray(
                    new JsonObject { ["recipient"] = envelope.Recipient, ["enc"] = envelope.Envelope }
                ),
                ["lastmodified"] = time,
                ["mac"] = SopsCiphertext.Seal(cipher, mac.Digest(), time),
                ["unencrypted_suffix"] = "_unencrypted",
                ["version"] = "3.13.2",
            },
        };
        Write(root.ToJsonString());
    }
}
