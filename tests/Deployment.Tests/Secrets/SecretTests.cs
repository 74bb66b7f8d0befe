using System.Text.Json;
using Slipway.Secrets;

namespace Slipway.Deployment.Tests.Secrets;

public sealed class SecretTests
{
    private static readonly Secret Value = new("hunter2");

    [Test]
    public void Prints_formats_and_serialises_as_its_mask()
    {
        Value.ToString().ShouldBe("***");
        $"{Value}".ShouldBe("***");
        string.Concat(Value, "!").ShouldBe("***!");
        JsonSerializer.Serialize(new { password = Value }).ShouldBe("""{"password":"***"}""");
        new SecretEntry("A", SecretState.Present).ToString().ShouldNotContain("hunter2");
    }

    [Test]
    public void Is_not_read_from_plain_JSON() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Secret>("\"hunter2\""));

    [Test]
    public void Equals_by_value_and_hashes_to_nothing()
    {
        Value.Equals(new Secret("hunter2")).ShouldBeTrue();
        Value.Equals(new Secret("hunter3")).ShouldBeFalse();
        Value.GetHashCode().ShouldBe(new Secret("other").GetHashCode());
    }
}
