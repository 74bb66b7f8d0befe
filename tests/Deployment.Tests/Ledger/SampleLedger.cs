using Slipway.Deployment.Tests.Runs;
using Slipway.Ledger;
using Slipway.Records;

namespace Slipway.Deployment.Tests.Ledger;

/// <summary>A sound ledger of production, one deployment a minute.</summary>
internal static class SampleLedger
{
    public static DeploymentLedger Of(
        params (string Version, string CommitSha, string Status, double Seconds)[] deployments
    )
    {
        var entries = new List<LedgerEntry>();
        foreach (var (index, (version, sha, status, seconds)) in deployments.Index())
        {
            var at = new DateTimeOffset(2025, 11, 21, 10, index, 0, TimeSpan.Zero);
            var record = DeploymentRecords.Compose(SampleRun.Finished, DeploymentStatus.Success, at, at) with
            {
                DeploymentId = $"deploy-20251121-10{index:00}00-abc123",
                Version = version,
                GitSha = sha,
                Status = status,
                DurationSeconds = seconds,
            };
            entries.Add(LedgerEntry.Append(record, entries.LastOrDefault()));
        }
        var ledger = DeploymentLedger.Verify("production", entries.Select(entry => (entry.RefName, entry.Message)));
        ledger.Findings.ShouldBeEmpty();
        return ledger;
    }
}
