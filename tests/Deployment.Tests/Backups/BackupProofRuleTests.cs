using Slipway.Backups;
using Slipway.Runs;

namespace Slipway.Deployment.Tests;

public class BackupProofRuleTests
{
    private const string Id = "deploy-20260102-030405-abc123";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly BackupResult Proven = new()
    {
        DeploymentId = Id,
        BackupId = $"backup-{Id}",
        Location = "file:///store/x",
        Timestamp = Now.AddHours(-1),
        SqlSha256 = "aa",
        Proof = new BackupProof("m", true, "aa", "aa", 1, 1, 1, 1, ""),
    };

    private static readonly BackupResult NotApplicable = new()
    {
        DeploymentId = Id,
        Outcome = StageOutcome.NotApplicable,
        Reason = "no database yet",
    };

    [Test]
    public void A_proven_backup_of_this_deployment_suffices() =>
        Judge(Proven).ShouldBe(new BackupVerdict($"backup-{Id}", null));

    [Test]
    public void A_first_deployment_suffices_where_it_is_allowed() =>
        new BackupProofRule(FirstDeploymentAllowed: true).Judge(NotApplicable, Id, Now).Suffices.ShouldBeTrue();

    public static IEnumerable<TestCaseData> Refused()
    {
        yield return Row(null, "no backup/backup.json");
        yield return Row(NotApplicable, "no database yet");
        yield return Row(Proven with { DeploymentId = "deploy-other" }, "belongs to deployment 'deploy-other'");
        yield return Row(Proven with { Proof = null }, "never restored");
        yield return Row(
            Proven with
            {
                Proof = Proven.Proof! with { Passed = false, Detail = "users differs" },
            },
            "users differs"
        );
        yield return Row(Proven with { SqlSha256 = "bb" }, "another dump");
        yield return Row(Proven with { SqlSha256 = null }, "another dump");
        yield return Row(Proven with { BackupId = null }, "names no object");
        yield return Row(Proven with { Location = "" }, "names no object");
        yield return Row(Proven with { Timestamp = Now.AddHours(-30) }, "30 hours old, at most 24");

        static TestCaseData Row(BackupResult? backup, string words) =>
            new TestCaseData(backup, words).SetArgDisplayNames(words);
    }

    [TestCaseSource(nameof(Refused))]
    public void Anything_else_is_refused_in_words(BackupResult? backup, string words) =>
        Judge(backup).Refusal!.ShouldContain(words);

    private static BackupVerdict Judge(BackupResult? backup) =>
        new BackupProofRule(FirstDeploymentAllowed: false, TimeSpan.FromHours(24)).Judge(backup, Id, Now);
}
