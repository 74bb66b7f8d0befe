using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

public class SandboxConventions
{
    [TestCase("faults.mjs")]
    [TestCase("http.mjs")]
    [TestCase("instance.mjs")]
    public void TheFrontEndHasTheServicesOwnContract(string file) =>
        File.ReadAllText(Repository.At("sandbox", "web", "lib", file))
            .ShouldBe(
                File.ReadAllText(Repository.At("sandbox", "services", "lib", file)),
                $"sandbox/web is built on its own, so it has a copy: cp sandbox/services/lib/{file} sandbox/web/lib/"
            );

    [Test]
    public void TheLockFileNamesNoRegistry() =>
        File.ReadAllText(Repository.At("sandbox", "services", "package-lock.json"))
            .ShouldNotContain(
                "\"resolved\"",
                customMessage: "a lock file with addresses binds everybody to one registry"
            );

    [Test]
    public async Task EveryShellScriptIsClean()
    {
        var scripts = Directory
            .EnumerateFiles(Repository.At("sandbox"), "*.sh", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal))
            .ToList();
        scripts.Count.ShouldBeGreaterThan(4);
        await new LocalCommandRunner().RunAsync(Command.Of("shellcheck", scripts).In(Repository.Root));
    }

    [Test]
    public void MigrationsAreNamedByTime() =>
        Directory
            .EnumerateFiles(Repository.At("sandbox", "migrations"))
            .Select(Path.GetFileName)
            .ShouldAllBe(name => System.Text.RegularExpressions.Regex.IsMatch(name!, @"^2025\d{10}_[a-z_]+\.sql$"));
}
