namespace Slipway.Canary;

/// <summary>The normal distribution function, in logarithms: evidence needs the far tails.</summary>
internal static class Gaussian
{
    private static readonly double LnSqrtTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>ln Φ(x), relative error below 1e-9.</summary>
    public static double LogCdf(double x)
    {
        if (x >= 0)
            return Math.Log(1 - Math.Exp(LogUpper(x)));
        return LogUpper(-x);
    }

    /// <summary>ln of the mass above x ≥ 0.</summary>
    private static double LogUpper(double x)
    {
        if (x < 3)
            return Math.Log(0.5 - Series(x));
        // Continued fraction of Mills' ratio, from the innermost term outwards.
        var fraction = x;
        for (var term = 60; term >= 1; term--)
            fraction = x + term / fraction;
        return -0.5 * x * x - LnSqrtTwoPi - Math.Log(fraction);
    }

    /// <summary>Φ(x) − ½ by its series x + x³/3 + x⁵/15 + …, times the density.</summary>
    private static double Series(double x)
    {
        var term = x;
        var sum = x;
        for (var n = 1; n < 80 && term > sum * 1e-17; n++)
        {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return sum * Math.Exp(-0.5 * x * x - LnSqrtTwoPi);
    }
}
