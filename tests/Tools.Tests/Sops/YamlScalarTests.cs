using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>What go-yaml v3 makes of a scalar, and the text of it that SOPS authenticates.</summary>
public sealed class YamlScalarTests
{
    [TestCase("~", SopsKind.Null, "")]
    [TestCase("", SopsKind.Null, "")]
    [TestCase("Null", SopsKind.Null, "")]
    [TestCase("nULL", SopsKind.Text, "nULL")]
    [TestCase("True", SopsKind.Boolean, "True")]
    [TestCase("tRue", SopsKind.Text, "tRue")]
    [TestCase("yes", SopsKind.Text, "yes")]
    [TestCase("off", SopsKind.Text, "off")]
    [TestCase("y", SopsKind.Text, "y")]
    [TestCase("0", SopsKind.Integer, "0")]
    [TestCase("-0", SopsKind.Integer, "0")]
    [TestCase("+7", SopsKind.Integer, "7")]
    [TestCase("1_000", SopsKind.Integer, "1000")]
    [TestCase("0x1F", SopsKind.Integer, "31")]
    [TestCase("-0x1f", SopsKind.Integer, "-31")]
    [TestCase("0o17", SopsKind.Integer, "15")]
    [TestCase("0777", SopsKind.Integer, "511")]
    [TestCase("08", SopsKind.Float, "8")]
    [TestCase("0b101", SopsKind.Integer, "5")]
    [TestCase("0b102", SopsKind.Text, "0b102")]
    [TestCase("0x", SopsKind.Text, "0x")]
    [TestCase("--1", SopsKind.Text, "--1")]
    [TestCase("9223372036854775807", SopsKind.Integer, "9223372036854775807")]
    [TestCase("-9223372036854775808", SopsKind.Integer, "-9223372036854775808")]
    [TestCase("99999999999999999999", SopsKind.Float, "100000000000000000000")]
    [TestCase("1.50", SopsKind.Float, "1.5")]
    [TestCase("1.", SopsKind.Float, "1")]
    [TestCase(".5", SopsKind.Float, "0.5")]
    [TestCase("-0.0", SopsKind.Float, "-0")]
    [TestCase("1e3", SopsKind.Float, "1000")]
    [TestCase("1e21", SopsKind.Float, "1000000000000000000000")]
    [TestCase("1.5e-7", SopsKind.Float, "0.00000015")]
    [TestCase("123456789.123456789e5", SopsKind.Float, "12345678912345.68")]
    [TestCase(
        "5e-324",
        SopsKind.Float,
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005"
    )]
    [TestCase("1e999", SopsKind.Text, "1e999")]
    [TestCase("1e", SopsKind.Text, "1e")]
    [TestCase(".", SopsKind.Text, ".")]
    [TestCase("1.2.3", SopsKind.Text, "1.2.3")]
    [TestCase(".inf", SopsKind.Float, "+Inf")]
    [TestCase("-.INF", SopsKind.Float, "-Inf")]
    [TestCase(".nan", SopsKind.Float, "NaN")]
    [TestCase("NaN", SopsKind.Text, "NaN")]
    [TestCase("2024-02-29", SopsKind.Time, "2024-02-29T00:00:00Z")]
    [TestCase("2023-02-29", SopsKind.Text, "2023-02-29")]
    [TestCase("2024-2-9 1:2:3.450", SopsKind.Time, "2024-02-09T01:02:03.45Z")]
    [TestCase("2024-02-29T12:34:56.123456789+02:00", SopsKind.Time, "2024-02-29T12:34:56.123456789+02:00")]
    [TestCase("2024-02-29t12:34:56-00:00", SopsKind.Time, "2024-02-29T12:34:56Z")]
    [TestCase("2024-02-29T25:00:00Z", SopsKind.Text, "2024-02-29T25:00:00Z")]
    [TestCase("'123'", SopsKind.Text, "123")]
    [TestCase("\"true\"", SopsKind.Text, "true")]
    [TestCase("!!str 123", SopsKind.Text, "123")]
    [TestCase("! 123", SopsKind.Text, "123")]
    [TestCase("!!int \"7\"", SopsKind.Integer, "7")]
    [TestCase("!!float 7", SopsKind.Float, "7")]
    [TestCase("!!bool \"true\"", SopsKind.Boolean, "True")]
    [TestCase("|-\n  12", SopsKind.Text, "12")]
    [TestCase(">-\n  a\n  b", SopsKind.Text, "a b")]
    [TestCase("\"\\U0001F389\\n\"", SopsKind.Text, "\U0001F389\n")]
    public void Is_typed_as_go_yaml_does(string yaml, SopsKind kind, string canonical)
    {
        var leaf = YamlStore.Parse($"k: {yaml}\n")[0].Find("k").ShouldBeOfType<SopsLeaf>();
        leaf.Kind.ShouldBe(kind);
        leaf.Reveal().ShouldBe(canonical);
    }

    [TestCase("1: x")]
    [TestCase("true: x")]
    [TestCase("~: x")]
    [TestCase("2024-02-29: x")]
    [TestCase("[a]: x")]
    [TestCase("{a: b}: x")]
    [TestCase("a: !!int x")]
    [TestCase("a: !custom x")]
    [TestCase("a: b: c")]
    [TestCase("\"unclosed")]
    [TestCase("- a\n- b")]
    public void Anything_else_is_refused(string yaml) =>
        Should.Throw<SopsException>(() => YamlStore.Parse(yaml)).Code.ShouldBe("PARSE");

    [Test]
    public void The_merge_key_stays_a_key()
    {
        var root = YamlStore.Parse("b: &b {k: v}\nm:\n  <<: *b\n  z: 1\n")[0];
        var merged = root.Find("m").ShouldBeOfType<SopsMap>();
        merged.Entries.Select(entry => entry.Key).ShouldBe(["<<", "z"]);
        merged.Find("<<").ShouldBe(root.Find("b"));
    }

    [Test]
    public void A_leaf_prints_nothing_of_itself() => SopsLeaf.Text("hunter2").ToString().ShouldBe("Text ***");
}
