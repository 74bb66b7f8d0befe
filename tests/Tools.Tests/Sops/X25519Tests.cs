using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

public sealed class X25519Tests
{
    [TestCase(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    )]
    [TestCase(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
    )]
    public void Gives_the_results_of_RFC_7748(string scalar, string point, string expected) =>
        Convert
            .ToHexStringLower(X25519.Multiply(Convert.FromHexString(scalar), Convert.FromHexString(point)))
            .ShouldBe(expected);

    [TestCase(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [TestCase(1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void Gives_the_results_of_RFC_7748_when_iterated(int times, string expected)
    {
        var scalar = new byte[32];
        scalar[0] = 9;
        var point = scalar;
        for (var i = 0; i < times; i++)
        {
            (scalar, point) = (X25519.Multiply(scalar, point), scalar);
        }

        Convert.ToHexStringLower(scalar).ShouldBe(expected);
    }

    /// <summary>Field elements at and above the prime, which only the last reduction brings down.</summary>
    [TestCase("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "00")]
    [TestCase("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "01")]
    [TestCase("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "12")]
    [TestCase("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "12")]
    public void Reduces_to_the_canonical_form(string bytes, string expected) =>
        Convert
            .ToHexStringLower(Field25519.FromBytes(Convert.FromHexString(bytes)).ToBytes())
            .ShouldBe(expected.PadRight(64, '0'));

    [TestCase("0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("0100000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    public void Gives_zero_for_a_point_of_small_order(string point) =>
        X25519.Multiply(new byte[32], Convert.FromHexString(point)).ShouldAllBe(value => value == 0);
}
