using System.Text;
using Slipway.Outcomes;

namespace Slipway.Pipeline.Tests.Secrets;

public class SecretInputTests
{
    [TestCase("value", "value")]
    [TestCase("value\n", "value")]
    [TestCase("value\r\n", "value")]
    [TestCase("value\n\n", "value\n")]
    [TestCase(" value ", " value ")]
    [TestCase("two\nlines\n", "two\nlines")]
    [TestCase("", "")]
    [TestCase("\n", "")]
    public void OneLineEndIsLeftOut(string given, string value) =>
        SecretInput.Text(Encoding.UTF8.GetBytes(given), "NAME").ShouldBe(value);

    [Test]
    public void BytesThatAreNoTextAreRefusedWithoutShowingThem()
    {
        var refused = Should.Throw<PipelineException>(() => SecretInput.Text([0x73, 0xff, 0xfe], "NAME"));
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        refused.Explain().ShouldContain("base64");
    }

    [Test]
    public async Task AtATerminalItIsAskedFor()
    {
        var host = HostPorts.Plain with { AskHidden = (question, _) => question.Contains("NAME") ? "typed" : null };
        (await SecretInput.ReadAsync(host, "NAME", CancellationToken.None)).Reveal().ShouldBe("typed");
    }
}
