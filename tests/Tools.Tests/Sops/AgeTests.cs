using System.Text;
using Slipway.Outcomes;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>Against the <c>age</c> program: keys and files both ways.</summary>
public sealed class AgeTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 32).Select(value => (byte)(value * 7))];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("slipway-age-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task An_identity_made_here_has_the_recipient_that_age_says()
    {
        for (var i = 0; i < 5; i++)
        {
            var identity = AgeIdentity.Generate();
            var said = await AgeProgramRunner.OutputAsync(
                "age-keygen",
                Encoding.ASCII.GetBytes(identity.ToSecret().Reveal()),
                "-y"
            );
            Encoding.ASCII.GetString(said).Trim().ShouldBe(identity.Recipient.Text);
        }
    }

    [Test]
    public async Task An_identity_made_by_age_keygen_is_read()
    {
        var file = Encoding.ASCII.GetString(await AgeProgramRunner.OutputAsync("age-keygen", []));
        var keys = AgeKeys.Parse("key.txt", file);
        file.ShouldContain($"# public key: {keys.Identities.ShouldHaveSingleItem().Recipient}\n");
    }

    [Test]
    public async Task What_age_seals_is_opened_here()
    {
        var identity = AgeIdentity.Generate();
        var other = AgeIdentity.Generate();
        string[] recipients = ["-r", other.Recipient.Text, "-r", identity.Recipient.Text];
        var armor = await AgeProgramRunner.OutputAsync("age", Payload, ["-a", .. recipients]);
        var file = AgeArmor.Read(Encoding.ASCII.GetString(armor)).ShouldNotBeNull();
        AgeFile.Open(file, [identity]).ShouldBe(Payload);
        AgeFile.Open(file, [AgeIdentity.Generate(), other]).ShouldBe(Payload);
        AgeFile.Open(file, [AgeIdentity.Generate()]).ShouldBeNull();
    }

    [Test]
    public async Task What_is_sealed_here_is_opened_by_age()
    {
        var identity = AgeIdentity.Generate();
        var key = Path.Combine(_folder, "key.txt");
        await File.WriteAllTextAsync(key, identity.ToSecret().Reveal() + "\n");
        foreach (var length in new[] { 1, 16, 32, 1000 })
        {
            var payload = Enumerable.Repeat((byte)length, length).ToArray();
            var armor = AgeArmor.Write(AgeFile.Seal(payload, identity.Recipient));
            (await AgeProgramRunner.OutputAsync("age", Encoding.ASCII.GetBytes(armor), "-d", "-i", key)).ShouldBe(
                payload
            );
            AgeFile.Open(AgeArmor.Read(armor), [identity]).ShouldBe(payload);
        }
    }

    [Test]
    public void A_file_with_any_byte_changed_is_not_opened()
    {
        var identity = AgeIdentity.Generate();
        var file = AgeFile.Seal(Payload, identity.Recipient);
        for (var at = 0; at < file.Length; at++)
        {
            file[at] ^= 1;
            AgeFile.Open(file, [identity]).ShouldBeNull($"byte {at}");
            file[at] ^= 1;
        }

        for (var length = 0; length < file.Length; length++)
        {
            AgeFile.Open(file.AsSpan(0, length), [identity]).ShouldBeNull($"{length} bytes");
        }

        AgeFile.Open([.. file, 0], [identity]).ShouldBeNull();
        AgeFile.Open(file, [identity]).ShouldBe(Payload);
    }

    [Test]
    public void A_key_with_any_letter_changed_is_no_key()
    {
        var text = AgeIdentity.Generate().ToSecret().Reveal();
        for (var at = 0; at < text.Length; at++)
        {
            var changed = text.Remove(at, 1).Insert(at, text[at] == 'Q' ? "P" : "Q");
            AgeIdentity.TryParse(changed).ShouldBeNull();
        }

        AgeIdentity.TryParse(text.ToLowerInvariant()).ShouldBeNull();
        AgeIdentity.TryParse(text).ShouldNotBeNull().ToString().ShouldNotContain("SECRET");
    }

    [TestCase("")]
    [TestCase("age1")]
    [TestCase("age1qqqqqqqqqq")]
    [TestCase("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN")]
    [TestCase("AGE10HC34H0M4M3EXGTERT8TRUV3PESXDZZZ7CUDQA90PNFJ09ESZEVQQNNW3P")]
    [TestCase("age10hc34h0m4m3exgtert8truv3pesxdzzz7cudqa90pnfj09eszevqqnnw3q")]
    [TestCase("$(id)")]
    public void Anything_else_is_no_recipient(string text) => AgeRecipient.TryParse(text).ShouldBeNull();

    [TestCase("")]
    [TestCase("-----BEGIN AGE ENCRYPTED FILE-----\n-----END AGE ENCRYPTED FILE-----\n")]
    [TestCase("-----BEGIN AGE ENCRYPTED FILE-----\nabc\n-----END AGE ENCRYPTED FILE-----\n")]
    [TestCase("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl YWdl\n-----END AGE ENCRYPTED FILE-----\n")]
    [TestCase("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\nYWdl\n-----END AGE ENCRYPTED FILE-----\n")]
    public void Anything_else_is_no_armor(string text) => AgeArmor.Read(text).ShouldBeNull();

    [Test]
    public void A_wrong_line_in_a_key_file_is_named_and_not_shown()
    {
        var refused = Should.Throw<PipelineException>(() =>
            AgeKeys.Parse("keys.txt", "# mine\n\nAGE-SECRET-KEY-1TYPO\n")
        );
        refused.Message.ShouldBe("keys.txt: line 3 is no age identity");
        refused.Explain().ShouldNotContain("TYPO");
    }
}
