using Slipway.Builds;
using Slipway.Checks;
using Slipway.Products;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Builds;

public class ApkRulesTests
{
    private static readonly string _certificate = new('a', 64);
    private static readonly ProjectVersion _version = new("v1.2.3-rc.1", "", "v1.2.3-rc.1", 1, 2, 3, "rc.1");
    private static readonly ApkSettings _settings = new(["build"], "world.azora.sample", 24, 35, 1000, _certificate);

    private static readonly ApkInspection _good = new()
    {
        Bytes = 1000,
        Sha256 = new('b', 64),
        Entries = 5,
        SignatureSchemes = ["v2", "v3"],
        CertificatesSha256 = [_certificate],
        PackageId = "world.azora.sample",
        VersionName = "1.2.3-rc.1",
        VersionCode = 1_002_003,
        MinSdk = 24,
        TargetSdk = 35,
    };

    [Test]
    public void AGoodApkPassesEveryRule()
    {
        var checks = ApkRules.Check(_good, _settings, _version);

        checks.ShouldAllBe(check => check.Status == CheckStatus.Passed);
        checks
            .Select(check => check.Name)
            .ShouldBe([
                "apk: archive",
                "apk: signature",
                "apk: certificate",
                "apk: package",
                "apk: version name",
                "apk: version code",
                "apk: not debuggable",
                "apk: minimum SDK",
                "apk: target SDK",
                "apk: size",
            ]);
    }

    private static TestCaseData Wrong(string rule, string detail, Func<ApkInspection, ApkInspection> change) =>
        new TestCaseData(rule, detail, change).SetArgDisplayNames(rule, detail);

    private static IEnumerable<TestCaseData> WrongInOneThing() =>
        [
            Wrong("archive", "'classes.dex' is damaged", apk => apk with { ArchiveFault = "'classes.dex' is damaged" }),
            Wrong("signature", "expected v2 or v3", apk => apk with { SignatureSchemes = ["v1"] }),
            Wrong("signature", "no scheme", apk => apk with { SignatureSchemes = [] }),
            Wrong("signature", "does not verify", apk => apk with { SignatureFault = "does not verify: ERROR" }),
            Wrong("certificate", "expected aaaa", apk => apk with { CertificatesSha256 = [new('c', 64)] }),
            Wrong("certificate", "2 signers", apk => apk with { CertificatesSha256 = [_certificate, new('c', 64)] }),
            Wrong("certificate", "0 signers", apk => apk with { CertificatesSha256 = [] }),
            Wrong("package", "'world.azora.other'; expected", apk => apk with { PackageId = "world.azora.other" }),
            Wrong("package", "none; expected", apk => apk with { PackageId = null }),
            Wrong("version name", "expected '1.2.3-rc.1'", apk => apk with { VersionName = "1.2.3" }),
            Wrong("version code", "expected '1002003'", apk => apk with { VersionCode = 1_002_002 }),
            Wrong("not debuggable", "expected a release build", apk => apk with { Debuggable = true }),
            Wrong("minimum SDK", "expected '24'", apk => apk with { MinSdk = 21 }),
            Wrong("target SDK", "expected '35'", apk => apk with { TargetSdk = 34 }),
            Wrong("size", "expected at most 1000", apk => apk with { Bytes = 1001 }),
        ];

    [TestCaseSource(nameof(WrongInOneThing))]
    public void OneWrongThingFailsItsRuleAlone(string rule, string detail, Func<ApkInspection, ApkInspection> change)
    {
        var failed = ApkRules
            .Check(change(_good), _settings, _version)
            .Where(check => check.Status != CheckStatus.Passed)
            .ShouldHaveSingleItem();

        failed.Name.ShouldBe($"apk: {rule}");
        failed.Detail.ShouldContain(detail);
        failed.Blocks.ShouldBeTrue();
    }

    [Test]
    public void AnUnreadableManifestFailsEveryRuleAboutIt() =>
        ApkRules
            .Check(_good with { ManifestFault = "the manifest cannot be read: x" }, _settings, _version)
            .Where(check => check.Blocks)
            .Select(check => check.Name)
            .ShouldBe([
                "apk: package",
                "apk: version name",
                "apk: version code",
                "apk: not debuggable",
                "apk: minimum SDK",
                "apk: target SDK",
            ]);

    [Test]
    public void WithoutAConfiguredCertificateAnyOneSignerIsAccepted() =>
        ApkRules
            .Check(_good, _settings with { CertificateSha256 = null }, _version)
            .ShouldAllBe(check => !check.Blocks);

    [Test]
    public void ACertificateMayBeWrittenAsKeytoolPrintsIt() =>
        ApkRules
            .Check(
                _good,
                _settings with
                {
                    CertificateSha256 = string.Join(':', Enumerable.Repeat("AA", 32)),
                },
                _version
            )
            .ShouldAllBe(check => !check.Blocks);
}
