using System.Text;
using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

public class EncryptedSecrets
{
    private const string Value = "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]";

    [TestCase($$"""{"data":"{{Value}}","sops":{"mac":"{{Value}}" } }""", TestName = "binary")]
    [TestCase($$"""{"a":{"b":["{{Value}}"]},"sops":{"mac":"{{Value}}","age":[]} }""", TestName = "json")]
    [TestCase($"A={Value}\n# people may read this\nsops_mac={Value}\nsops_version=3.13.2\n", TestName = "dotenv")]
    [TestCase($"[DEFAULT]\na = {Value}\n\n[sops]\nmac = {Value}\nversion = 3.13.2\n", TestName = "ini")]
    [TestCase(
        $"a: {Value}\nb:\n    - {Value}\n    - c: {Value}\nsops:\n    mac: {Value}\n    version: 3.13.2\n",
        TestName = "yaml"
    )]
    public void Are_told_by_their_content(string text) => SecretsFile.Refusal(Bytes(text)).ShouldBeNull();

    [TestCase("", "is empty")]
    [TestCase("PASSWORD=hunter2\n", "is plain text")]
    [TestCase("password: hunter2\n", "is plain text")]
    [TestCase("""{"password":"hunter2"}""", "is plain text")]
    [TestCase("""{"password":"hunter2","sops":"yes"}""", "is plain text")]
    [TestCase("""{"sops":{}}""", "has no MAC")]
    [TestCase(
        $$"""{"a":"{{Value}}","password":"hunter2","sops":{"mac":"{{Value}}" } }""",
        "holds values that are not encrypted"
    )]
    [TestCase($$"""{"a":{"b":[1]},"sops":{"mac":"{{Value}}" } }""", "holds values that are not encrypted")]
    [TestCase($"A={Value}\nPASSWORD=hunter2\nsops_mac={Value}\n", "holds values that are not encrypted")]
    [TestCase($"[DEFAULT]\npassword = hunter2\n[sops]\nmac = {Value}\n", "holds values that are not encrypted")]
    [TestCase($"a: {Value}\npassword: hunter2\nsops:\n    mac: {Value}\n", "holds values that are not encrypted")]
    [TestCase($"a: {Value}\nlist:\n    - hunter2\nsops:\n    mac: {Value}\n", "holds values that are not encrypted")]
    [TestCase($"a: |\n    hunter2\nsops:\n    mac: {Value}\n", "holds values that are not encrypted")]
    [TestCase("{\"data\": ", "is neither plain JSON nor a SOPS file")]
    public void That_are_not_encrypted_are_refused_without_a_word_of_them(string text, string why)
    {
        SecretsFile.Refusal(Bytes(text)).ShouldBe(why);
        SampleTree
            .ErrorsOf(SampleTree.Small.With("environments/dev/secrets.enc", text))
            .ShouldBe([$"environments/dev/secrets.enc: (file): {why}, expected {SecretsFile.Expected}"]);
    }

    [Test]
    public void That_are_no_text_are_refused() =>
        SecretsFile.Refusal(new byte[] { 0x80, 0x81 }).ShouldBe("is not a SOPS file");

    [Test]
    public void Are_for_the_declared_recipients_only()
    {
        var stranger = SampleTree.Recipient.Replace("age1tq", "age1aa");

        SampleTree
            .ErrorsOf(SampleTree.WithDev(SampleTree.Recipient, stranger))
            .ShouldBe([
                $"environments/dev/secrets.enc: sops.age: is encrypted for {SampleTree.Recipient}, expected only recipients that stand in secretRecipients of environment.json",
                $"environments/dev/secrets.enc: sops.age: is not encrypted for {stranger}, expected every recipient of secretRecipients in environment.json",
            ]);
    }

    [Test]
    public void A_private_key_beside_guarded_secrets_is_refused()
    {
        var key = "# a key\nAGE-SECRET-KEY-1QQQQ\n";

        SampleTree.ErrorsOf(SampleTree.Small.With("environments/dev/dev.agekey", key)).ShouldBeEmpty();
        SampleTree
            .ErrorsOf(SampleTree.WithDev("\"requiresApproval\": true").With("environments/dev/x/dev.agekey", key))
            .ShouldBe([
                "environments/dev/x/dev.agekey: (file): holds a private age key, expected no key in the repository: whoever reads it reads the secrets",
            ]);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
