using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

public sealed class SopsWriterTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 10, 20, 30, 456, TimeSpan.FromHours(2));
    private static readonly AgeIdentity Identity = AgeIdentity.Generate();

    [Test]
    public void A_new_file_is_the_JSON_that_sops_writes()
    {
        var text = Init(("TOKEN", "t0k"), ("DATABASE_URL", "postgres://u:p@h/db"));
        text.ShouldEndWith("\n\t}\n}\n");
        var lines = text.Split('\n');
        lines[0].ShouldBe("{");
        lines[1].ShouldStartWith("\t\"DATABASE_URL\": \"ENC[AES256_GCM,data:");
        lines[2].ShouldStartWith("\t\"TOKEN\": \"ENC[AES256_GCM,data:");
        lines[3].ShouldBe("\t\"sops\": {");
        var root = JsonNode.Parse(text)!.AsObject();
        var sops = root["sops"]!.AsObject();
        sops.Select(entry => entry.Key).ShouldBe(["age", "lastmodified", "mac", "unencrypted_suffix", "version"]);
        sops["lastmodified"]!.GetValue<string>().ShouldBe("2026-11-23T08:20:30Z");
        sops["age"]![0]!["recipient"]!.GetValue<string>().ShouldBe(Identity.Recipient.Text);
        sops["age"]![0]!["enc"]!.GetValue<string>().ShouldStartWith("-----BEGIN AGE ENCRYPTED FILE-----\n");
        Values(text).ShouldBe([("DATABASE_URL", "postgres://u:p@h/db"), ("TOKEN", "t0k")]);
    }

    [Test]
    public async Task The_age_program_opens_the_data_key()
    {
        var text = Init(("TOKEN", "t0k"));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Identity.ToSecret().Reveal());
            var envelope = Encoding.ASCII.GetBytes(SopsDocument.Parse(text).Metadata.AgeKeys[0].Envelope);
            var bytes = await AgeProgramRunner.OutputAsync("age", envelope, "-d", "-i", file);
            bytes.Length.ShouldBe(32);
            SopsSecrets
                .Decrypt(SopsDocument.Parse(text), new SopsDataKey(bytes))
                .ShouldHaveSingleItem()
                .Value.Reveal()
                .ShouldBe("t0k");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Setting_a_value_changes_its_line_the_time_and_the_MAC_alone()
    {
        var before = Init(("A", "1"), ("B", "2"), ("C", "3"));
        var after = SopsWriter.Set(before, Key(before), "B", new Secret("new"), Monday.AddDays(1));
        Values(after).ShouldBe([("A", "1"), ("B", "new"), ("C", "3")]);
        Changed(before, after).ShouldBe(["\t\"B\"", "\t\t\"lastmodified\"", "\t\t\"mac\""]);
    }

    [Test]
    public void Setting_the_same_value_changes_nothing()
    {
        var before = Init(("A", "1"), ("B", "2"));
        SopsWriter.Set(before, Key(before), "B", new Secret("2"), Monday.AddDays(1)).ShouldBe(before);
        SopsWriter.Remove(before, Key(before), "X", Monday.AddDays(1)).ShouldBe(before);
    }

    [Test]
    public void A_new_name_comes_to_its_place_and_moves_no_other()
    {
        var text = Init(("A", "1"), ("C", "3"));
        foreach (var name in new[] { "B", "D", "0".Replace('0', '_') })
        {
            text = SopsWriter.Set(text, Key(text), name, new Secret(name), Monday);
        }

        Values(text).Select(value => value.Name).ShouldBe(["A", "B", "C", "D", "_"]);
    }

    [Test]
    public void Removing_takes_one_line_out()
    {
        var before = Init(("A", "1"), ("B", "2"), ("C", "3"));
        var after = SopsWriter.Remove(before, Key(before), "B", Monday);
        Values(after).ShouldBe([("A", "1"), ("C", "3")]);
        after.Split('\n').Length.ShouldBe(before.Split('\n').Length - 1);
        after.Split('\n')[1].ShouldBe(before.Split('\n')[1]);
    }

    [Test]
    public void Removing_the_last_one_leaves_a_sound_file()
    {
        var before = Init(("A", "1"));
        Values(SopsWriter.Remove(before, Key(before), "A", Monday)).ShouldBeEmpty();
    }

    [Test]
    public void Rotating_makes_everything_new_for_the_new_recipients_alone()
    {
        var other = AgeIdentity.Generate();
        var third = AgeIdentity.Generate();
        var before = Init(("A", "1"), ("B", "2"));
        var after = SopsWriter.Rotate(before, Key(before), [other.Recipient, third.Recipient], Monday.AddDays(1));
        var document = SopsDocument.Parse(after);
        document.Metadata.AgeKeys.Select(key => key.Recipient).ShouldBe([other.Recipient.Text, third.Recipient.Text]);
        SopsDataKey.Open(document.Metadata.AgeKeys, [Identity]).ShouldBeNull();
        foreach (var identity in new[] { other, third })
        {
            var key = SopsDataKey.Open(document.Metadata.AgeKeys, [identity]).ShouldNotBeNull();
            SopsSecrets.Decrypt(document, key).Select(secret => secret.Value.Reveal()).ShouldBe(["1", "2"]);
        }

        Should
            .Throw<SopsException>(() => SopsSecrets.Decrypt(document, Key(before)))
            .Refusal.ShouldBe(SopsRefusal.ValueTampered);
        Changed(before, after).ShouldContain("\t\"A\"");
    }

    [Test]
    public void The_same_value_twice_has_two_ciphertexts()
    {
        var root = JsonNode.Parse(Init(("A", "same"), ("B", "same")))!;
        root["A"]!.GetValue<string>()[20..40].ShouldNotBe(root["B"]!.GetValue<string>()[20..40]);
    }

    [Test]
    public void A_binary_file_becomes_JSON_with_its_first_change()
    {
        var before = SopsVectors.Text("gen/secrets.enc");
        var key = SopsVectors.DataKey(SopsDocument.Parse(before));
        var after = SopsWriter.Set(before, key, "TOKEN", new Secret("new"), Monday);
        SopsDocument.Parse(after).Format.ShouldBe(SopsFormat.Json);
        SopsSecrets
            .Decrypt(SopsDocument.Parse(after), key)
            .Select(secret => $"{secret.Name}={secret.Value.Reveal()}")
            .ShouldBe(["DATABASE_URL=postgres://x", "TOKEN=new"]);
        SopsWriter.Set(before, key, "TOKEN", new Secret("t0k"), Monday).ShouldBe(before);
    }

    [Test]
    public void A_dotenv_file_becomes_JSON_and_keeps_its_ciphertexts()
    {
        var before = SopsVectors
            .Text("gen/neg/base.env")
            .Replace("FOO_unencrypted=plain\n", "", StringComparison.Ordinal);
        var key = SopsVectors.DataKey(SopsDocument.Parse(before));
        // The vector without its plain line has another MAC: made anew from the same ciphertexts first.
        Should
            .Throw<SopsException>(() => SopsWriter.Remove(before, key, "PORT", Monday))
            .Code.ShouldBe("MAC_MISMATCH");

        var whole = SopsVectors.Text("gen/neg/base.env");
        var after = SopsWriter.Remove(whole, key, "FOO_unencrypted", Monday);
        var port = JsonNode.Parse(after)!["PORT"]!.GetValue<string>();
        whole.ShouldContain($"\nPORT={port}\n");
        SopsSecrets
            .Decrypt(SopsDocument.Parse(after), key)
            .Single(secret => secret.Name == "MULTI")
            .Value.Reveal()
            .ShouldBe("line1\nline2");
    }

    [TestCase("gen/full.default.yaml", "db: not one text")]
    [TestCase("gen/full.env", "FOO_unencrypted: no name")]
    public void What_a_flat_file_cannot_hold_is_refused(string vector, string message)
    {
        var text = SopsVectors.Text(vector);
        var key = SopsVectors.DataKey(SopsDocument.Parse(text));
        Should
            .Throw<SopsException>(() => SopsWriter.Rotate(text, key, [Identity.Recipient], Monday))
            .Message.ShouldStartWith(message);
    }

    [Test]
    public void Any_letter_of_a_file_changed_is_refused_or_changes_no_value()
    {
        var text = Init(("A", "secret one"), ("B_2", "secret two"));
        const string base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var accepted = new List<int>();
        for (var at = 0; at < text.Length; at++)
        {
            // The high bit of a base64 letter is always part of a byte; of the last letter's low bits some are none.
            var letter = base64[(base64.IndexOf(text[at]) + 32) % 64];
            var changed = text.Remove(at, 1).Insert(at, letter.ToString());
            try
            {
                var document = SopsDocument.Parse(changed);
                var key = SopsDataKey.Open(document.Metadata.AgeKeys, [Identity]);
                if (key is null)
                {
                    continue;
                }

                SopsSecrets
                    .Decrypt(document, key)
                    .Select(secret => secret.Value.Reveal())
                    .ShouldBe(["secret one", "secret two"]);
                accepted.Add(at);
            }
            catch (SopsException)
            {
                continue;
            }
        }

        // Left open by SOPS: its version, the recipient's name, white space, and the name of a rule that is the default.
        var metadata = text.IndexOf("\"sops\"", StringComparison.Ordinal);
        accepted.Count.ShouldBeLessThan(text.Length / 4);
        accepted.Where(at => at < metadata && !char.IsWhiteSpace(text[at])).ShouldBeEmpty();
    }

    [Test]
    public void What_is_written_is_read_back_whatever_it_is()
    {
        var random = new Random(20261123);
        string[] pieces =
        [
            "$(id)",
            "../../x",
            "\"",
            "'",
            "\n",
            "\r\n",
            "\\n",
            "\\",
            "ENC[AES256_GCM,data:",
            "]",
            ":",
            "=",
            "#",
            "ü",
            "\U0001F389",
            "\u2028",
            "<script>",
            " ",
            "\t",
            "{",
            "}",
            "sops",
            ",",
            "0",
            "-0",
            "null",
            "+/=",
        ];
        for (var round = 0; round < 100; round++)
        {
            var values = Enumerable
                .Range(0, random.Next(0, 6))
                .Select(i =>
                    (
                        Name: $"N{i}_{random.Next(100)}",
                        Value: string.Concat(
                            Enumerable.Range(0, random.Next(1, 30)).Select(_ => pieces[random.Next(pieces.Length)])
                        )
                    )
                )
                .OrderBy(value => value.Name, StringComparer.Ordinal)
                .ToArray();
            var text = Init(values);
            Values(text).ShouldBe(values);
            var name = $"M_{round}";
            text = SopsWriter.Set(text, Key(text), name, new Secret(pieces[round % pieces.Length]), Monday);
            Values(text).ShouldContain((name, pieces[round % pieces.Length]));
            Values(SopsWriter.Remove(text, Key(text), name, Monday)).ShouldBe(values);
            Values(SopsWriter.Rotate(text, Key(text), [Identity.Recipient], Monday)).ShouldBe(Values(text));
        }
    }

    private static string Init(params (string Name, string Value)[] values) =>
        SopsWriter.Init(
            [Identity.Recipient],
            values.Select(value => KeyValuePair.Create(value.Name, new Secret(value.Value))),
            Monday
        );

    private static SopsDataKey Key(string text) =>
        SopsDataKey.Open(SopsDocument.Parse(text).Metadata.AgeKeys, [Identity]).ShouldNotBeNull();

    private static (string Name, string Value)[] Values(string text) =>
        [
            .. SopsSecrets
                .Decrypt(SopsDocument.Parse(text), Key(text))
                .Select(secret => (secret.Name, secret.Value.Reveal())),
        ];

    /// <summary>The start, up to the colon, of each line that is not the same.</summary>
    private static IEnumerable<string> Changed(string before, string after) =>
        before
            .Split('\n')
            .Zip(after.Split('\n'))
            .Where(lines => lines.First != lines.Second)
            .Select(lines => lines.Second.Split(':')[0]);
}
