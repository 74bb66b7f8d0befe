using System.Text.Json;
using Slipway.Ledger;

namespace Slipway.Deployment.Tests.Ledger;

public class CanonicalText
{
    [TestCase("""{ "b": [ 1, {"z":0,"a":null} ], "a" : true }""", """{"a":true,"b":[1,{"a":null,"z":0}]}""")]
    [TestCase(
        """{"\u20ac":1,"\r":2,"1":3,"\u0080":4,"ö":5,"\ud83d\ude02":6,"\ufb33":7}""",
        "{\"\\r\":2,\"1\":3,\"\u0080\":4,\"ö\":5,\"€\":1,\"😂\":6,\"\ufb33\":7}"
    )]
    [TestCase("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"", "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")]
    [TestCase("[ ]", "[]")]
    [TestCase("\"<&>\"", "\"<&>\"")]
    public void Is_one_for_one_value(string json, string canonical)
    {
        CanonicalJson.Of(json).ShouldBe(canonical);
        CanonicalJson.Of(canonical).ShouldBe(canonical);
    }

    /// <summary>RFC 8785, appendix B.</summary>
    [TestCase(0x0000000000000000, "0")]
    [TestCase(unchecked((long)0x8000000000000000), "0")]
    [TestCase(0x0000000000000001, "5e-324")]
    [TestCase(unchecked((long)0x8000000000000001), "-5e-324")]
    [TestCase(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [TestCase(0x4340000000000000, "9007199254740992")]
    [TestCase(0x4430000000000000, "295147905179352830000")]
    [TestCase(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [TestCase(0x44b52d02c7e14af6, "1e+23")]
    [TestCase(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [TestCase(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [TestCase(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [TestCase(0x444b1ae4d6e2ef50, "1e+21")]
    [TestCase(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [TestCase(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [TestCase(0x41b3de4355555553, "333333333.3333332")]
    [TestCase(0x41b3de4355555557, "333333333.33333343")]
    [TestCase(unchecked((long)0xbecbf647612f3696), "-0.0000033333333333333333")]
    [TestCase(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Writes_numbers_as_ecmascript_does(long bits, string text) =>
        CanonicalJson.Shortest(BitConverter.Int64BitsToDouble(bits)).ShouldBe(text);

    [TestCase("1.0", "1")]
    [TestCase("-0", "0")]
    [TestCase("1e2", "100")]
    [TestCase("0.10", "0.1")]
    [TestCase("9223372036854775807", "9223372036854775807")]
    public void Writes_numbers_the_shortest_way(string json, string text) => CanonicalJson.Of(json).ShouldBe(text);

    [TestCase("{\"a\":1,\"a\":1}")]
    [TestCase("{\"a\":{\"b\":1,\"b\":2}}")]
    [TestCase("\"\\ud800\"")]
    [TestCase("1e999")]
    [TestCase("{")]
    [TestCase("")]
    public void Is_refused_where_there_is_not_one_value(string json) =>
        Should.Throw<JsonException>(() => CanonicalJson.Of(json));
}
