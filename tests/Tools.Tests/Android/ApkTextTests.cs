using Slipway.Builds;

namespace Slipway.Tools.Tests.Android;

/// <summary>The tools' own words, of the versions and packages that the sample app does not show.</summary>
public class ApkTextTests
{
    private static readonly ApkInspection _empty = new() { Bytes = 0, Sha256 = "" };

    [Test]
    public void ReadsASignatureOfSeveralSigners()
    {
        var apk = _empty.WithSignature(
            Result(
                0,
                $"""
                Verifies
                Verified using v1 scheme (JAR signing): true
                Verified using v2 scheme (APK Signature Scheme v2): true
                Verified using v3 scheme (APK Signature Scheme v3): false
                Verified using v3.1 scheme (APK Signature Scheme v3.1): true
                Number of signers: 2
                Signer #1 certificate SHA-256 digest: {new string('1', 64)}
                Signer #1 certificate SHA-1 digest: {new string('0', 40)}
                Signer #1 public key SHA-256 digest: {new string('9', 64)}
                Signer #2 certificate SHA-256 digest: {new string('2', 64)}
                """
            )
        );

        apk.SignatureSchemes.ShouldBe(["v1", "v2", "v3.1"]);
        apk.CertificatesSha256.ShouldBe([new('1', 64), new('2', 64)]);
        apk.SignatureFault.ShouldBeNull();
    }

    [Test]
    public void TakesTheReasonThatApksignerGives() =>
        _empty
            .WithSignature(Result(1, "DOES NOT VERIFY\nERROR: APK Signature Scheme v2 signer #1: digest mismatch\n"))
            .SignatureFault.ShouldBe("does not verify: ERROR: APK Signature Scheme v2 signer #1: digest mismatch");

    [TestCase("sdkVersion:'24'")]
    [TestCase("minSdkVersion:'24'")]
    public void ReadsTheMinimumSdkOfOlderAndNewerTools(string line) =>
        _empty.WithManifest(Badging($"{line}\ntargetSdkVersion:'35'")).MinSdk.ShouldBe(24);

    [Test]
    public void ReadsWhatIsDebuggable()
    {
        _empty.WithManifest(Badging("application-debuggable\n")).Debuggable.ShouldBeTrue();
        _empty.WithManifest(Badging("application-label:'application-debuggable'\n")).Debuggable.ShouldBeFalse();
    }

    [Test]
    public void ACodeNameIsNoSdk() => _empty.WithManifest(Badging("targetSdkVersion:'Tiramisu'")).TargetSdk.ShouldBe(0);

    [Test]
    public void OutputThatNamesNoPackageIsAnUnreadableManifest()
    {
        _empty.WithManifest(Result(0, "")).ManifestFault.ShouldBe("the manifest cannot be read: no reason given");
        _empty
            .WithManifest(Result(1, "", "error: failed opening zip: Invalid file."))
            .ManifestFault.ShouldBe("the manifest cannot be read: error: failed opening zip: Invalid file.");
    }

    private static CommandResult Badging(string lines) =>
        Result(0, $"package: name='a.b' versionCode='7' versionName='1.0' compileSdkVersion='29'\n{lines}");

    private static CommandResult Result(int exitCode, string output, string error = "") =>
        new(Command.Of("tool"), exitCode, output, error, TimeSpan.Zero);
}
