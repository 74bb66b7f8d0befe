using Slipway.Ledger;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Ledger;

public class WhoServed
{
    // One deployment a minute, from 10:00.
    private static readonly DeploymentLedger History = SampleLedger.Of(
        ("v1.0.0", Sha('a'), "success", 60),
        ("v1.1.0", Sha('b'), "success", 60),
        ("v1.2.0", Sha('c'), "failed", 60),
        ("v1.2.1", Sha('d'), "success", 60),
        ("api/v2.0.0", Sha('e'), "success", 60)
    );

    [TestCase(0, "v1.2.1,v1.1.0,v1.0.0")]
    [TestCase(1, "v1.2.1,v1.1.0", Description = "replaced at that very moment: the window is over")]
    [TestCase(2, "v1.2.1,v1.1.0")]
    [TestCase(3, "v1.2.1")]
    [TestCase(600, "v1.2.1", Description = "who serves counts however long it does")]
    public void Since_a_minute(int minute, string versions) =>
        ServedVersion
            .Since(History, "", At(minute))
            .Select(served => served.Version.FullVersion)
            .ShouldBe(versions.Split(','));

    [Test]
    public void Says_until_when()
    {
        var served = ServedVersion.Since(History, "", At(0));

        served.Select(one => one.Until).ShouldBe([null, At(3), At(1)]);
        served[1].CommitSha.ShouldBe(Sha('b'));
    }

    [Test]
    public void In_another_sub_project() =>
        ServedVersion.Since(History, "api", At(0)).Single().Version.ShouldBe(ProjectVersion.Parse("api/v2.0.0"));

    [Test]
    public void One_that_was_gone_back_to_serves_and_the_one_taken_back_counts() =>
        ServedVersion
            .Since(
                SampleLedger.Of(
                    ("v1.0.0", Sha('a'), "success", 60),
                    ("v1.1.0", Sha('b'), "success", 60),
                    ("v1.0.0", Sha('a'), "success", 60)
                ),
                "",
                At(1)
            )
            .Select(served => (served.Version.FullVersion, served.Until))
            .ShouldBe([("v1.0.0", null), ("v1.1.0", At(2))]);

    private static DateTimeOffset At(int minute) =>
        new DateTimeOffset(2025, 11, 21, 10, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    private static string Sha(char digit) => new(digit, 40);
}
