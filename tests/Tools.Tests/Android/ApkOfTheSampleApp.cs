using System.IO.Compression;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Tools.Tests.Android;

/// <summary>A real build, inspected by the real tools; then the same package after somebody had his hands on it.</summary>
[Parallelizable(ParallelScope.Self)]
public class ApkOfTheSampleApp
{
    private SampleApp _app = null!;
    private string _apk = null!;

    [OneTimeSetUp]
    public async Task Build()
    {
        _app = new SampleApp();
        _apk = await _app.BuildAsync("build_production.apk", SampleApp.Version);
    }

    [OneTimeTearDown]
    public void Remove() => _app.Dispose();

    [Test]
    public async Task PassesEveryRule()
    {
        var apk = await _app.InspectAsync(_apk);

        Failed(apk).ShouldBeEmpty();
        apk.PackageId.ShouldBe("world.azora.sample");
        apk.VersionName.ShouldBe("1.2.3");
        apk.VersionCode.ShouldBe(1_002_003);
        apk.SignatureSchemes.ShouldBe(["v2", "v3"]);
        apk.Permissions.ShouldBe(["android.permission.INTERNET"]);
        apk.Entries.ShouldBeGreaterThan(3);
        apk.Bytes.ShouldBe(new FileInfo(_apk).Length);
    }

    [Test]
    public async Task IsSignedByTheSameKeyInTheNextBuild()
    {
        var version = new ProjectVersion("v2.0.0-rc.1", "", "v2.0.0-rc.1", 2, 0, 0, "rc.1");
        var next = await _app.InspectAsync(await _app.BuildAsync("next.apk", version));

        next.CertificatesSha256.ShouldBe((await _app.InspectAsync(_apk)).CertificatesSha256);
        ApkRules.Check(next, SampleApp.Settings, version).ShouldAllBe(check => !check.Blocks);
    }

    [Test]
    public void KeepsItsKeyToItsOwner()
    {
        foreach (var file in Directory.EnumerateFiles(_app.KeyFolder))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        Directory.EnumerateFiles(_app.KeyFolder).Select(Path.GetFileName).ShouldContain("release.p12");
    }

    [Test]
    public async Task OfAnotherVersionFailsTheVersionRules() =>
        Failed(await _app.InspectAsync(await _app.BuildAsync("other.apk", new("v1.2.4", "", "v1.2.4", 1, 2, 4, null))))
            .ShouldBe(["apk: version name", "apk: version code"]);

    [Test]
    public async Task ThatIsDebuggableFailsThatRule()
    {
        var apk = await _app.BuildChangedAsync("debug.apk", "<application", "<application android:debuggable=\"true\"");
        Failed(await _app.InspectAsync(apk)).ShouldBe(["apk: not debuggable"]);
    }

    [Test]
    public async Task OfAnotherPackageFailsThatRule()
    {
        var apk = await _app.BuildChangedAsync("renamed.apk", "world.azora.sample", "world.azora.impostor");
        Failed(await _app.InspectAsync(apk)).ShouldBe(["apk: package"]);
    }

    [Test]
    public async Task WithOneByteFlippedInAnyEntryFails()
    {
        var whole = await File.ReadAllBytesAsync(_apk);
        foreach (var name in new[] { "classes.dex", "AndroidManifest.xml", "resources.arsc" })
        {
            var damaged = whole.ToArray();
            // The entry's data follows its name in the local header; fifty bytes on is in the middle of it.
            damaged[damaged.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name)) + name.Length + 50] ^= 0x01;
            var apk = await _app.InspectAsync(Written("flipped.apk", damaged));

            Failed(apk).ShouldContain("apk: archive", name);
            Failed(apk).ShouldContain("apk: signature", name);
            apk.ArchiveFault.ShouldNotBeNull().ShouldContain(name);
        }
    }

    [Test]
    public async Task WithoutItsSignatureFails()
    {
        var stripped = _app.At("stripped.apk");
        using (var from = await ZipFile.OpenReadAsync(_apk))
        using (var to = await ZipFile.OpenAsync(stripped, ZipArchiveMode.Create))
        {
            foreach (var entry in from.Entries)
            {
                await using var source = await entry.OpenAsync();
                await using var target = await to.CreateEntry(entry.FullName, CompressionLevel.NoCompression)
                    .OpenAsync();
                await source.CopyToAsync(target);
            }
        }

        var apk = await _app.InspectAsync(stripped);

        Failed(apk).ShouldBe(["apk: signature", "apk: certificate"]);
        apk.SignatureFault.ShouldNotBeNull().ShouldContain("does not verify");
    }

    [Test]
    public async Task WithAnEntryTwiceFails()
    {
        var doubled = Written("doubled.apk", await File.ReadAllBytesAsync(_apk));
        using (var archive = await ZipFile.OpenAsync(doubled, ZipArchiveMode.Update))
        {
            await using var second = await archive.CreateEntry("classes.dex").OpenAsync();
            second.Write("another program"u8);
        }

        (await _app.InspectAsync(doubled)).ArchiveFault.ShouldBe("'classes.dex' is in the archive twice");
    }

    [Test]
    public async Task CutShortFailsEverything()
    {
        var whole = await File.ReadAllBytesAsync(_apk);
        var apk = await _app.InspectAsync(Written("short.apk", whole[..(whole.Length / 2)]));
        Failed(apk).ShouldBe(AllButSize);
    }

    [Test]
    public async Task ThatIsNoArchiveFailsEverything()
    {
        var apk = await _app.InspectAsync(Written("text.apk", "<html>404 not found</html>"u8.ToArray()));
        Failed(apk).ShouldBe(AllButSize);
    }

    [Test]
    public async Task OverItsBudgetFailsThatRule() =>
        ApkRules
            .Check(await _app.InspectAsync(_apk), SampleApp.Settings with { MaximumBytes = 1000 }, SampleApp.Version)
            .Where(check => check.Blocks)
            .ShouldHaveSingleItem()
            .Name.ShouldBe("apk: size");

    [Test]
    public async Task ThatIsNotThereSaysWhatIsExpected()
    {
        var error = await Should.ThrowAsync<PipelineException>(() => _app.InspectAsync(_app.At("nothing.apk")));
        error.Message.ShouldContain("nothing.apk");
        error.Next.ShouldNotBeNull();
    }

    [TestCase("1.2", "1")]
    [TestCase("1.2.3;id", "1")]
    [TestCase("$(touch /tmp/x)", "1")]
    [TestCase("1.2.3\n", "1")]
    [TestCase("1.2.3", "0")]
    [TestCase("1.2.3", "x")]
    [TestCase("1.2.3", "9999999999")]
    public async Task IsNotBuiltFromArgumentsThatAreNone(string version, string code)
    {
        var output = _app.At("refused.apk");
        var command = Command
            .Of("bash", Sandbox.Repository.At("sandbox", "app", "build.sh"), version, code, output)
            .In(Path.GetTempPath())
            .With("SLIPWAY_SANDBOX_ROOT", _app.At("root"));

        var error = await Should.ThrowAsync<CommandFailedException>(() => new LocalCommandRunner().RunAsync(command));

        error.Result.ExitCode.ShouldBe(2);
        error.Result.Error.ShouldContain("usage:");
        File.Exists(output).ShouldBeFalse();
    }

    private static readonly string[] AllButSize =
    [
        "apk: archive",
        "apk: signature",
        "apk: certificate",
        "apk: package",
        "apk: version name",
        "apk: version code",
        "apk: not debuggable",
        "apk: minimum SDK",
        "apk: target SDK",
    ];

    private static IEnumerable<string> Failed(ApkInspection apk) =>
        ApkRules
            .Check(apk, SampleApp.Settings, SampleApp.Version)
            .Where(check => check.Blocks)
            .Select(check => check.Name);

    private string Written(string name, byte[] content)
    {
        var file = _app.At(name);
        File.WriteAllBytes(file, content);
        return file;
    }
}
