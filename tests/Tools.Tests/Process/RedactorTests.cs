using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class RedactorTests
{
    private const string Value = "s3cr&t/\"pä$$ w0rd'<x>";

    [TestCaseSource(nameof(Forms))]
    public void MasksEveryForm(string form)
    {
        var redactor = With(Value);

        var text = redactor.Redact($"before {form} after");

        text.ShouldBe("before *** after");
    }

    public static IEnumerable<string> Forms() =>
        [
            Value,
            Uri.EscapeDataString(Value),
            Uri.EscapeDataString(Value)
                .Replace("%C3%A4", "%c3%a4")
                .Replace("%2F", "%2f")
                .Replace("%3C", "%3c")
                .Replace("%3E", "%3e"),
            WebUtility.UrlEncode(Value),
            WebUtility.HtmlEncode(Value),
            JsonEncodedText.Encode(Value).ToString(),
            // JavaScript's encodeURIComponent and encodeURI, Python's quote, Go's PathEscape, Java's URLEncoder.
            "s3cr%26t%2F%22p%C3%A4%24%24%20w0rd'%3Cx%3E",
            "s3cr&t/%22p%C3%A4$$%20w0rd'%3Cx%3E",
            "s3cr%26t/%22p%C3%A4%24%24%20w0rd%27%3Cx%3E",
            "s3cr&t%2F%22p%C3%A4$$%20w0rd%27%3Cx%3E",
            "s3cr%26t%2F%22p%C3%A4%24%24+w0rd%27%3Cx%3E",
            // PHP's json_encode, Python's repr, an HTML page of JavaScript's making.
            "s3cr&t\\/\\\"p\\u00e4$$ w0rd'<x>",
            "s3cr&t/\"p\\xe4$$ w0rd\\'<x>",
            "s3cr&amp;t/&quot;pä$$ w0rd&#39;&lt;x&gt;",
            "s3cr&amp;t/&quot;p&auml;$$ w0rd&#x27;&lt;x&gt;",
            Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)).TrimEnd('=')),
            "s3cr\\u0026t/\\\"pä$$ w0rd'\\u003cx\\u003e",
            // A log line in JSON that quotes an answer in JSON, a redirect in a query, JSON in a page.
            JsonEncodedText.Encode(JsonEncodedText.Encode(Value).ToString()).ToString(),
            JsonEncodedText.Encode(Uri.EscapeDataString(Value)).ToString(),
            Uri.EscapeDataString(Uri.EscapeDataString(Value)),
            Uri.EscapeDataString(JsonEncodedText.Encode(Value).ToString()),
            WebUtility.HtmlEncode(JsonEncodedText.Encode(Value).ToString()),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)).TrimEnd('='),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ];

    [TestCase(
        "https://hooks.slack.example/services/T0/B0/XYZ0123456789abcdef",
        "no such webhook: /services/T0/B0/XYZ0123456789abcdef"
    )]
    [TestCase("https://hooks.slack.example/services/T0/B0/XYZ0123456789abcdef", "key XYZ0123456789abcdef is revoked")]
    [TestCase("https://api.example/v1?key=XYZ0123456789abcdef", "bad query key=XYZ0123456789abcdef")]
    public void MasksTheKeyInAUrlAlone(string url, string said)
    {
        var redactor = With(url);

        redactor.Redact(said).ShouldNotContain("XYZ0123456789abcdef");
        redactor.Redact("GET https://hooks.slack.example/services").ShouldEndWith("/services");
    }

    [Test]
    public void MasksBase64InEveryAlignment(
        [Values("", "a", "ab", "abc", "user:")] string before,
        [Values("", "y", "yz")] string after
    )
    {
        var redactor = With("correct-horse-battery");
        var whole = Encoding.UTF8.GetBytes(before + "correct-horse-battery" + after);

        var text = redactor.Redact(Convert.ToBase64String(whole));

        text.ShouldContain("***");
        var left = text.Replace("***", "").TrimEnd('=');
        left.Length.ShouldBeLessThanOrEqualTo((before.Length + after.Length) * 8 / 6 + 1, text);
    }

    [Test]
    public void MasksOverlappingSecretsToTheEndOfTheLast()
    {
        var redactor = With("abcdef", "defghi");

        redactor.Redact("x abcdefghi y").ShouldBe("x *** y");
    }

    [Test]
    public void TakesTheLongerOfTwoThatStartAlike()
    {
        var redactor = With("token", "token-and-more");

        redactor.Redact("[token-and-more] [token]").ShouldBe("[***] [***]");
    }

    [Test]
    public void MasksTheLinesOfAKey()
    {
        var redactor = With("-----BEGIN KEY-----\nMIIEvAIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n");

        redactor.Redact("  hkiG9w0BAQEFAASC").ShouldBe("  ***");
    }

    [Test]
    public void MasksThePasswordOfAUrlAlone()
    {
        var redactor = With("postgres://app:hunt%2Fer2222@127.0.0.1:5432/shop");

        redactor.Redact("password hunt/er2222 refused, hunt%2Fer2222 too").ShouldBe("password *** refused, *** too");
    }

    [Test]
    public void LeavesEverydayWordsOfAUrlAlone()
    {
        var redactor = With("postgres://slipwaydb:slipwaydb@127.0.0.1/slipwaydb");

        redactor.Redact("database slipwaydb is up").ShouldBe("database slipwaydb is up");
    }

    [Test]
    public void MasksAShortValueOnlyAsAWholeLine()
    {
        var redactor = new Redactor();

        redactor.Register(new Secret("abc")).ShouldBeFalse();

        redactor.Redact("abcdef abc").ShouldBe("abcdef abc");
        redactor.Redact(" abc ").ShouldBe("***");
    }

    [Test]
    public void AnEmptySecretChangesNothing()
    {
        var redactor = new Redactor();

        redactor.Register(new Secret("")).ShouldBeFalse();

        redactor.Redact("text").ShouldBe("text");
    }

    [Test]
    public void KnowsASecretFromTheMomentItIsRegistered()
    {
        var redactor = new Redactor();
        redactor.Redact("later-secret").ShouldBe("later-secret");

        redactor.Register(new Secret("later-secret"));

        redactor.Redact("later-secret").ShouldBe("***");
    }

    private static Redactor With(params string[] values)
    {
        var redactor = new Redactor();
        foreach (var value in values)
            redactor.Register(new Secret(value));
        return redactor;
    }
}
