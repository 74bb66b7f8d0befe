using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>INI as go-ini takes it apart.</summary>
public sealed class IniStoreTests
{
    private const string Metadata = "[sops]\nlastmodified = 2026-11-20T16:07:02Z\n";

    [TestCase("k = v", "k", "v")]
    [TestCase("  k=v  ", "k", "v")]
    [TestCase("k: v", "k", "v")]
    [TestCase("k =", "k", "")]
    [TestCase("k = a=b", "k", "a=b")]
    [TestCase("k = a ; comment", "k", "a")]
    [TestCase("k = a # comment", "k", "a")]
    [TestCase("k = `a ; b`", "k", "a ; b")]
    [TestCase("k = \" a \"", "k", " a ")]
    [TestCase("k = 'a'", "k", "a")]
    [TestCase("k = \"a\" \"b\"", "k", "\"a\" \"b\"")]
    [TestCase("k = \"\"\"a\nb\n\"\"\"", "k", "a\nb\n")]
    [TestCase("k = \"\"\"a\"\"\"", "k", "a")]
    [TestCase("\"k = x\" = v", "k = x", "v")]
    [TestCase("k = v\r", "k", "v")]
    public void A_line_is_a_key_and_a_value(string line, string key, string value)
    {
        var document = SopsDocument.Parse($"; comment\n{line}\n# comment\n{Metadata}");
        document.Format.ShouldBe(SopsFormat.Ini);
        var section = document.Branches[0].Find("DEFAULT").ShouldBeOfType<SopsMap>();
        var entry = section.Entries.ShouldHaveSingleItem();
        entry.Key.ShouldBe(key);
        entry.Value.ShouldBeOfType<SopsLeaf>().Reveal().ShouldBe(value);
    }

    [TestCase("= v")]
    [TestCase("k")]
    [TestCase("k = a\\")]
    [TestCase("k = `a")]
    [TestCase("[a")]
    public void Anything_else_is_refused_with_its_line(string line)
    {
        var refused = Should.Throw<SopsException>(() => SopsDocument.Parse($"[x]\n{line}\n{Metadata}"));
        refused.Code.ShouldBe("PARSE");
        refused.Message.ShouldStartWith("line 2 ");
    }

    [Test]
    public void Armor_over_several_lines_is_one_value()
    {
        var document = SopsDocument.Parse(
            $"{Metadata}age__list_0__map_enc = \"\"\"-----BEGIN\nabc\n-----END\n\"\"\"\nage__list_0__map_recipient = age1x\n"
        );
        document.Metadata.AgeKeys.ShouldBe([new SopsAgeKey("age1x", "-----BEGIN\nabc\n-----END\n")]);
    }
}
