using System.Text.RegularExpressions;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>One damage each to files that are sound.</summary>
public sealed class SopsRefusalTests
{
    private static readonly string Env = SopsVectors.Text("gen/neg/base.env");
    private static readonly string Json = SopsVectors.Text("gen/full.default.json");
    private static readonly string Yaml = SopsVectors.Text("gen/full.default.yaml");

    [TestCase("", SopsRefusal.NoMetadata)]
    [TestCase("DATABASE_URL=postgres://u:hunter2@h/db\n", SopsRefusal.NoMetadata)]
    [TestCase("{\"DATABASE_URL\": \"postgres://u:hunter2@h/db\"}", SopsRefusal.NoMetadata)]
    [TestCase("DATABASE_URL: hunter2\nb: [1, 2\n", SopsRefusal.NoMetadata)]
    [TestCase("hunter2", SopsRefusal.NoMetadata)]
    [TestCase("TOKEN=hunter2-sops: {\n", SopsRefusal.NoMetadata)]
    [TestCase("[hunter2", SopsRefusal.NoMetadata)]
    [TestCase("{\"a\": \"hunter2", SopsRefusal.Parse)]
    [TestCase("[\"sops\", \"hunter2\"]", SopsRefusal.NoMetadata)]
    [TestCase("sops: hunter2", SopsRefusal.BadMetadata)]
    [TestCase("{\"sops\": {}}", SopsRefusal.BadMetadata)]
    [TestCase("{\"sops\": {}, \"sops\": {}}", SopsRefusal.BadMetadata)]
    [TestCase("{\"sops\": null}", SopsRefusal.BadMetadata)]
    [TestCase(
        "{\"sops\": {\"age\": \"hunter2\", \"lastmodified\": \"2026-11-20T16:07:02Z\"}}",
        SopsRefusal.BadMetadata
    )]
    [TestCase(
        "{\"sops\": {\"age\": [\"hunter2\"], \"lastmodified\": \"2026-11-20T16:07:02Z\"}}",
        SopsRefusal.BadMetadata
    )]
    [TestCase("sops: {a: 1, a: 2}", SopsRefusal.Parse)]
    [TestCase("sops: {1: hunter2}", SopsRefusal.Parse)]
    [TestCase("sops: &a [*a]", SopsRefusal.Parse)]
    [TestCase("sops: *hunter2", SopsRefusal.Parse)]
    [TestCase("sops: !hunter2 x", SopsRefusal.Parse)]
    [TestCase("sops: 18446744073709551615", SopsRefusal.Parse)]
    [TestCase("{\"sops\": {}, \"a\": \"\\ud800\"}", SopsRefusal.Parse)]
    [TestCase("{\"sops\": 1e999}", SopsRefusal.Parse)]
    [TestCase("hunter2\nsops_version=3", SopsRefusal.Parse)]
    [TestCase("sops_version=3\nsops_age__list_1__map_enc=x", SopsRefusal.BadMetadata)]
    [TestCase("sops_version=3\nsops_age__list_0__map_enc=x\nsops_age=y", SopsRefusal.BadMetadata)]
    [TestCase("sops_version=3\nsops_version=4", SopsRefusal.BadMetadata)]
    [TestCase("[sops]\nhunter2\n", SopsRefusal.Parse)]
    [TestCase("[a]\nx = \"\"\"hunter2\n[sops]\n", SopsRefusal.Parse)]
    [TestCase("[a]\nx = 1\nx = 2\n[sops]\n", SopsRefusal.Parse)]
    [TestCase("[]\n[sops]\n", SopsRefusal.Parse)]
    public void What_is_no_sound_SOPS_file_is_refused_without_showing_it(string text, SopsRefusal refusal)
    {
        var refused = Should.Throw<SopsException>(() => Decrypt(text));
        refused.Refusal.ShouldBe(refusal);
        refused.ToString().ShouldNotContain("hunter2");
        refused.Explain().ShouldNotContain("hunter2");
    }

    [TestCase("sops_mac=ENC\\[.*\n", "", SopsRefusal.MacMissing)]
    [TestCase("sops_mac=ENC\\[.*\n", "sops_mac=\n", SopsRefusal.MacMissing)]
    [TestCase("sops_mac=ENC\\[", "sops_mac=EnC[", SopsRefusal.MacUnreadable)]
    [TestCase("sops_mac=ENC\\[AES256_GCM,data:.", "sops_mac=ENC[AES256_GCM,data:*", SopsRefusal.MacUnreadable)]
    [TestCase("T16:07:02Z", "T16:07:02+01:00", SopsRefusal.MacUnreadable)]
    [TestCase("T16:07:02Z", "", SopsRefusal.BadMetadata)]
    [TestCase("T16:07:02Z", "T16:61:02Z", SopsRefusal.BadMetadata)]
    [TestCase("sops_version=", "sops_encrypted_regex=A\nsops_version=", SopsRefusal.BadMetadata)]
    [TestCase("sops_unencrypted_suffix=.*", "sops_encrypted_regex=(", SopsRefusal.BadMetadata)]
    [TestCase("sops_unencrypted_suffix=.*", "sops_encrypted_regex=(?=a)", SopsRefusal.BadMetadata)]
    [TestCase("sops_unencrypted_suffix=.*", "sops_encrypted_comment_regex=a", SopsRefusal.Unsupported)]
    [TestCase("sops_version=", "sops_mac_only_encrypted=yes\nsops_version=", SopsRefusal.BadMetadata)]
    [TestCase("sops_version=", "sops_mac_only_encrypted=true\nsops_version=", SopsRefusal.MacMismatch)]
    [TestCase("sops_version=", "sops_shamir_threshold=2\nsops_version=", SopsRefusal.Unsupported)]
    [TestCase(
        "sops_version=",
        "sops_key_groups__list_0__map_age__list_0__map_enc=x\nsops_version=",
        SopsRefusal.Unsupported
    )]
    [TestCase("sops_age__list_0__map_enc=.*\n", "sops_age__list_0__map_enc=x\n", SopsRefusal.NoKey)]
    [TestCase("sops_age__.*\nsops_age__.*\n", "", SopsRefusal.NoKey)]
    [TestCase("sops_age__.*\nsops_age__.*\n", "sops_pgp__list_0__map_fp=85D77543\n", SopsRefusal.NoKey)]
    [TestCase("^PORT=.*\n", "", SopsRefusal.MacMismatch)]
    [TestCase("^(PORT=.*\n)(FOO.*\n)", "$2$1", SopsRefusal.MacMismatch)]
    [TestCase("^PORT=(.*)\n", "PORT=$1\nPORT=$1\n", SopsRefusal.MacMismatch)]
    [TestCase("^PORT=", "PORTS=", SopsRefusal.ValueTampered)]
    [TestCase("^(PORT=ENC.*,tag:)..", "${1}AA", SopsRefusal.ValueTampered)]
    [TestCase("^(PORT=ENC.*,iv:)..", "${1}AA", SopsRefusal.ValueTampered)]
    [TestCase("^(PORT=ENC.*data:)..", "${1}AA", SopsRefusal.ValueTampered)]
    [TestCase("^(PORT=ENC.*,tag:)[^=]*", "${1}AAAA", SopsRefusal.BadBase64)]
    [TestCase("^(PORT=ENC.*data:)..", "$1 A", SopsRefusal.BadBase64)]
    [TestCase("^(PORT=ENC.*)\\]\n", "$1] \n", SopsRefusal.NotEncrypted)]
    [TestCase("^(PORT=ENC.*)\\]\n", "$1]\r\n", SopsRefusal.NotEncrypted)]
    [TestCase("^PORT=E", "PORT=", SopsRefusal.NotEncrypted)]
    [TestCase("^(PORT=ENC.*type:)str", "$1bytes", SopsRefusal.BadType)]
    [TestCase("^(PORT=ENC.*type:)str", "$1comment", SopsRefusal.BadType)]
    [TestCase("^(UNI=ENC.*type:)str", "$1int", SopsRefusal.BadType)]
    [TestCase("^(UNI=ENC.*type:)str", "$1float", SopsRefusal.BadType)]
    [TestCase("^(UNI=ENC.*type:)str", "$1bool", SopsRefusal.BadType)]
    [TestCase("^(UNI=ENC.*type:)str", "$1time", SopsRefusal.BadType)]
    public void A_dotenv_file_with_one_change_is_refused(string pattern, string replacement, SopsRefusal refusal)
    {
        var text = Regex.Replace(Env, pattern, replacement, RegexOptions.Multiline);
        text.ShouldNotBe(Env);
        var refused = Should.Throw<SopsException>(() => Decrypt(text));
        refused.Refusal.ShouldBe(refusal);
        refused.ToString().ShouldNotContain("8080");
    }

    [TestCase("\"i\": \"ENC.*\",", "\"i\": 7,", SopsRefusal.NotEncrypted)]
    [TestCase("\"t\": \"ENC.*\",", "\"t\": true,", SopsRefusal.NotEncrypted)]
    [TestCase("\"n\": null", "\"n\": false", SopsRefusal.NotEncrypted)]
    [TestCase("1\\.5,\\s+false", "1.5, true", SopsRefusal.MacMismatch)]
    [TestCase("1\\.5,", "1.50000001,", SopsRefusal.MacMismatch)]
    [TestCase("\"unencrypted_suffix\": \"_unencrypted\"", "\"unencrypted_suffix\": [1]", SopsRefusal.BadMetadata)]
    [TestCase("\"version\"", "\"mac_only_encrypted\": 1, \"version\"", SopsRefusal.BadMetadata)]
    [TestCase("\"version\"", "\"key_groups\": [{\"age\": []}], \"version\"", SopsRefusal.Unsupported)]
    public void A_JSON_file_with_one_change_is_refused(string pattern, string replacement, SopsRefusal refusal)
    {
        var text = Regex.Replace(Json, pattern, replacement);
        text.ShouldNotBe(Json);
        Should.Throw<SopsException>(() => Decrypt(text)).Refusal.ShouldBe(refusal);
    }

    [TestCase("empty: \"\"", "empty: 0", SopsRefusal.NotEncrypted)]
    [TestCase("    - 16\n", "    - 0x11\n", SopsRefusal.MacMismatch)]
    [TestCase("  - \"007\"", "  - 007", SopsRefusal.MacMismatch)]
    [TestCase("2024-02-29T00:00:00Z", "2024-02-28", SopsRefusal.MacMismatch)]
    [TestCase("(?s)^(.*?)(    port: [^\n]*\n)(.*?)(    neg: [^\n]*\n)", "$1$4$3$2", SopsRefusal.MacMismatch)]
    public void A_YAML_file_with_one_change_is_refused(string pattern, string replacement, SopsRefusal refusal)
    {
        var text = Regex.Replace(Yaml, pattern, replacement);
        text.ShouldNotBe(Yaml);
        Should.Throw<SopsException>(() => Decrypt(text)).Refusal.ShouldBe(refusal);
    }

    [TestCase("    - 16\n", "    - 0x10\n")]
    [TestCase("    - 16\n", "    - 020\n")]
    [TestCase("    - 16\n", "    - 0b1_0000\n")]
    [TestCase("2024-02-29T00:00:00Z", "2024-02-29")]
    [TestCase("2024-02-29T00:00:00Z", "2024-2-29 0:0:0.000")]
    [TestCase("- 1000\n", "- 1e3\n")]
    [TestCase("- 0.5\n", "- .5\n")]
    [TestCase("- null\n", "- ~\n")]
    [TestCase("- null\n", "-\n")]
    [TestCase("- true\n", "- TRUE\n")]
    [TestCase("plain_unencrypted: visible", "plain_unencrypted: !!str visible")]
    [TestCase("\"2026-11-20T16:07:02Z\"", "2026-11-20T16:07:02.999Z")]
    public void Another_spelling_of_the_same_value_is_the_same_value(string spelling, string other)
    {
        var text = Yaml.Replace(spelling, other, StringComparison.Ordinal);
        text.ShouldNotBe(Yaml);
        Decrypt(text).ShouldHaveSingleItem();
    }

    [Test]
    public void Other_fields_of_older_releases_are_passed_over()
    {
        var text = Json.Replace(
            "\"version\"",
            "\"kms\": null, \"gcp_kms\": [], \"pgp\": null, \"hc_vault\": [], \"shamir_threshold\": 0, \"version\"",
            StringComparison.Ordinal
        );
        Decrypt(text).ShouldHaveSingleItem();
    }

    [Test]
    public void A_small_file_that_expands_to_billions_of_values_is_refused()
    {
        var lines = Enumerable
            .Range(1, 40)
            .Select(i => $"k{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        var refused = Should.Throw<SopsException>(() =>
            Decrypt("k0: &a0 [x,x,x]\n" + string.Join('\n', lines) + "\nsops: {}\n")
        );
        refused.Refusal.ShouldBe(SopsRefusal.Parse);
        refused.Message.ShouldContain("200000 values");
    }

    [TestCase("{\"sops\":", "[", "]", "}")]
    [TestCase("sops: ", "[", "]", "")]
    public void Deep_nesting_is_refused(string start, string open, string close, string end)
    {
        var text =
            start
            + string.Concat(Enumerable.Repeat(open, 50_000))
            + string.Concat(Enumerable.Repeat(close, 50_000))
            + end;
        Should.Throw<SopsException>(() => Decrypt(text)).Refusal.ShouldBe(SopsRefusal.Parse);
    }

    [Test]
    public void Ten_megabytes_are_read_or_refused_in_bounded_time()
    {
        var filler = new string('x', 10 * 1024 * 1024);
        Should.Throw<SopsException>(() => Decrypt(filler)).Refusal.ShouldBe(SopsRefusal.NoMetadata);
        Should
            .Throw<SopsException>(() =>
                Decrypt(Json.Replace("\"n\": null", $"\"n\": \"{filler}\"", StringComparison.Ordinal))
            )
            .Refusal.ShouldBe(SopsRefusal.NotEncrypted);
        Should
            .Throw<SopsException>(() => Decrypt(filler + filler))
            .Message.ShouldBe($"the file has {filler.Length * 2} characters");
    }

    [Test]
    public void A_missing_key_is_answered_with_whose_key_it_takes()
    {
        var document = SopsDocument.Parse(Env);
        var keyring = new SopsKeyring(SopsVectors.KeysOf("gen/wrong.txt"), null);
        var refused = Should.Throw<SopsException>(() => keyring.OpenAsync(document.Metadata, default));
        refused.Code.ShouldBe("NO_KEY");
        refused.Message.ShouldContain("gen/wrong.txt");
        refused.Message.ShouldContain("age10eqwwfmzvj3sakxkstjrpjhymh7n6ax4k7qahpcsedj3fhd674qq89ks24");
        refused.Expected.ShouldBe("an identity of age10hc34h0m4m3exgtert8truv3pesxdzzz7cudqa90pnfj09eszevqqnnw3p");
        refused.Next.ShouldNotBeNull().ShouldContain("SOPS_AGE_KEY_FILE");
        refused.ToString().ShouldNotContain("AGE-SECRET");
    }

    [Test]
    public void Every_refusal_has_its_code() =>
        string.Join(' ', Enum.GetValues<SopsRefusal>().Select(refusal => new SopsException(refusal, "x").Code))
            .ShouldBe(
                "NO_METADATA BAD_METADATA NO_KEY UNSUPPORTED NOT_ENCRYPTED BAD_BASE64 BAD_TYPE VALUE_TAMPERED "
                    + "MAC_MISSING MAC_UNREADABLE MAC_MISMATCH PARSE"
            );

    private static System.Collections.Immutable.ImmutableArray<SopsMap> Decrypt(string text)
    {
        var document = SopsDocument.Parse(text);
        var key = new SopsKeyring(SopsVectors.Keys, null).OpenAsync(document.Metadata, default);
        return SopsDecryption.Run(document, key.GetAwaiter().GetResult());
    }
}
