namespace Slipway.Deployment.Tests.Canary.Simulation;

/// <summary>Seeded random numbers of the distributions that requests and failures have.</summary>
public sealed class Dice(int seed)
{
    private readonly Random random = new(seed);
    private double spare = double.NaN;

    public double Uniform() => 1 - random.NextDouble();

    public double Normal()
    {
        if (!double.IsNaN(spare))
        {
            var kept = spare;
            spare = double.NaN;
            return kept;
        }
        var radius = Math.Sqrt(-2 * Math.Log(Uniform()));
        var angle = 2 * Math.PI * Uniform();
        spare = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>By inversion for small means, by Hörmann's PTRS (1993) for others.</summary>
    public long Poisson(double mean)
    {
        if (mean <= 0)
            return 0;
        if (mean < 10)
        {
            var product = Uniform();
            var limit = Math.Exp(-mean);
            var count = 0L;
            for (; product > limit; count++)
                product *= Uniform();
            return count;
        }
        var b = 0.931 + 2.53 * Math.Sqrt(mean);
        var a = -0.059 + 0.02483 * b;
        var inverse = 1.1239 + 1.1328 / (b - 3.4);
        var line = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            var u = Uniform() - 0.5;
            var v = Uniform();
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= line)
                return (long)k;
            if (k < 0 || (us < 0.013 && v > us))
                continue;
            if (Math.Log(v * inverse / (a / (us * us) + b)) <= k * Math.Log(mean) - mean - LogFactorial(k))
                return (long)k;
        }
    }

    /// <summary>By inversion where few succeed, by Hörmann's BTRS (1993) otherwise.</summary>
    public long Binomial(long n, double p)
    {
        if (n <= 0 || p <= 0)
            return 0;
        if (p >= 1)
            return n;
        if (p > 0.5)
            return n - Binomial(n, 1 - p);
        return n * p < 10 ? ByInversion(n, p) : ByRejection(n, p);
    }

    /// <summary>Chi-squared, by Marsaglia and Tsang's gamma.</summary>
    public double ChiSquared(double degrees)
    {
        if (degrees <= 0)
            return 0;
        var shape = degrees / 2;
        if (shape < 1)
            return ChiSquared(degrees + 2) * Math.Pow(Uniform(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + c * x;
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(Uniform()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return 2 * d * v;
        }
    }

    private long ByInversion(long n, double p)
    {
        var logQ = Math.Log(1 - p);
        var sum = 0.0;
        for (var count = 0L; ; count++)
        {
            sum += Math.Log(Uniform()) / (n - count);
            if (sum < logQ || count == n)
                return count;
        }
    }

    private long ByRejection(long n, double p)
    {
        var spq = Math.Sqrt(n * p * (1 - p));
        var b = 1.15 + 2.53 * spq;
        var a = -0.0873 + 0.0248 * b + 0.01 * p;
        var c = n * p + 0.5;
        var alpha = (2.83 + 5.1 / b) * spq;
        var line = 0.92 - 4.2 / b;
        var odds = Math.Log(p / (1 - p));
        var mode = Math.Floor((n + 1) * p);
        var h = LogFactorial(mode) + LogFactorial(n - mode);
        while (true)
        {
            var u = Uniform() - 0.5;
            var v = Uniform();
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + c);
            if (k < 0 || k > n)
                continue;
            if (us >= 0.07 && v <= line)
                return (long)k;
            var accept = h - LogFactorial(k) - LogFactorial(n - k) + (k - mode) * odds;
            if (Math.Log(v * alpha / (a / (us * us) + b)) <= accept)
                return (long)k;
        }
    }

    private static readonly double[] SmallFactorials = MakeSmallFactorials();

    private static double[] MakeSmallFactorials()
    {
        var logs = new double[128];
        for (var i = 2; i < logs.Length; i++)
            logs[i] = logs[i - 1] + Math.Log(i);
        return logs;
    }

    private static double LogFactorial(double k)
    {
        if (k < SmallFactorials.Length)
            return SmallFactorials[(int)k];
        var x = k + 1;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x);
    }
}
