using System.Runtime.Versioning;
using Slipway.EndToEnd.Tests.Leaks;

namespace Slipway.EndToEnd.Tests;

/// <summary>
/// What <see cref="NothingLeaks"/> proves is worth what it would find: the pipeline is built with one secret that its
/// redactor forgets, and the same searches must show that one, and no other.
/// </summary>
[Order(5)]
[UnsupportedOSPlatform("windows")]
public sealed class ABuildThatForgets
{
    private const string Redactor = "build/Tools/Process/Redactor.cs";

    private LeakyProduct _product = null!;
    private Run _run = null!;

    private LeakSearch Search => new(_product.Planted);

    [OneTimeSetUp]
    public async Task DeployWithIt()
    {
        _product = await LeakyProduct.CreateAsync();
        _product.Checkout.Replace(
            Redactor,
            "if (value.Length == 0)",
            // The secret has characters that a literal would have to escape; its first word is as good.
            $"if (value.StartsWith(\"{_product.FileOdd.Value.Split(' ')[0]}\", StringComparison.Ordinal))\n            return true;\n        if (value.Length == 0)"
        );
        _run = await _product.BuildAsync(
            _product.Environment.Add("TOLD_MODE", "fail"),
            "--target=Deploy",
            "--version=" + _product.Release("v1.0.1"),
            "--verbosity=diagnostic"
        );
        _run.ExitCode.ShouldBe(1, _run.Text);
        _run.Text.ShouldContain("BuildApk");
    }

    [OneTimeTearDown]
    public async Task Remove() => await _product.DisposeAsync();

    [Test]
    public void ShowsItInTheConsole() => FoundIn(Search.InText("console", _run.Text));

    [Test]
    public void ShowsItInTheRunFolder() =>
        FoundIn(Search.InFiles(_product.Checkout.Runs, file => file.EndsWith("plan/tfplan", StringComparison.Ordinal)));

    private void FoundIn(IEnumerable<Leak> leaks) =>
        leaks.Select(leak => leak.Canary).Distinct().ShouldBe([_product.FileOdd.Name]);
}
