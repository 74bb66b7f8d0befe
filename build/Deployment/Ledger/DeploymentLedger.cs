using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Versions;

namespace Slipway.Ledger;

/// <param name="Subject">The ref, or the environment, that it is about.</param>
public sealed record LedgerFinding(string Subject, string Problem)
{
    public override string ToString() => $"{Subject}: {Problem}";
}

/// <summary>The history of one environment, in order.</summary>
/// <param name="Entries">The deployments, oldest first. Restores of the database stand between them in the chain, not here.</param>
/// <param name="Findings">What shows that the history was changed; empty for a sound one.</param>
public sealed record DeploymentLedger(
    string Environment,
    ImmutableArray<LedgerEntry> Entries,
    ImmutableArray<LedgerFinding> Findings
)
{
    public bool IsSound => Findings.IsEmpty;

    /// <summary>The restores of the database, oldest first.</summary>
    public ImmutableArray<RestoreEntry> Restores { get; init; } = [];

    /// <summary>The link that the next one follows; null for an empty ledger.</summary>
    public LedgerLink? Last { get; init; }

    /// <param name="messages">Every ref under <c>refs/deployments/&lt;environment&gt;/</c> and its tag's message, in any order.</param>
    /// <param name="environmentTagCommit">What the environment tag points at, to notice that the newest entries are missing; null when it is not known.</param>
    /// <param name="subProject">The sub-project whose tag that is.</param>
    public static DeploymentLedger Verify(
        string environment,
        IEnumerable<(string RefName, string Message)> messages,
        string? environmentTagCommit = null,
        string subProject = ""
    )
    {
        var findings = new List<LedgerFinding>();
        var links = Parse(environment, messages, findings);
        CheckNumbers(environment, links, findings);
        for (var i = 1; i < links.Length; i++)
            CheckLink(links[i - 1], links[i], findings);
        ImmutableArray<LedgerEntry> entries = [.. links.OfType<LedgerEntry>()];
        if (environmentTagCommit is not null)
            CheckHead(environment, subProject, entries, environmentTagCommit, findings);
        return new(environment, entries, [.. findings])
        {
            Restores = [.. links.OfType<RestoreEntry>()],
            Last = links.LastOrDefault(),
        };
    }

    /// <summary>Versions that were deployed here with success, newest deployment first.</summary>
    public ImmutableArray<ProjectVersion> Deployed(string subProject) =>
        [
            .. Entries
                .Reverse()
                .Where(entry => entry.Record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success))
                .Select(entry => ProjectVersion.TryParse(entry.Record.Version, out var version, out _) ? version : null)
                .OfType<ProjectVersion>()
                .Where(version => version.SubProjectPath == subProject)
                .Distinct(),
        ];

    private static ImmutableArray<LedgerLink> Parse(
        string environment,
        IEnumerable<(string RefName, string Message)> messages,
        List<LedgerFinding> findings
    )
    {
        var entries = new List<LedgerLink>();
        foreach (var (refName, message) in messages)
            try
            {
                var entry = LedgerLink.Parse(refName, message);
                if (entry.Environment == environment)
                    entries.Add(entry);
                else
                    findings.Add(new(refName, $"belongs to {QuotedText.Plain(entry.Environment)}"));
            }
            catch (PipelineException exception)
            {
                findings.Add(new(QuotedText.Plain(refName), $"was changed: {exception.Message}"));
            }
        return [.. entries.OrderBy(entry => entry.Sequence).ThenBy(entry => entry.RefName, StringComparer.Ordinal)];
    }

    private static void CheckNumbers(
        string environment,
        ImmutableArray<LedgerLink> entries,
        List<LedgerFinding> findings
    )
    {
        var bySequence = entries.ToLookup(entry => entry.Sequence);
        var highest = entries.IsEmpty ? 0 : entries[^1].Sequence;
        if (highest > entries.Length * 2L + 1000)
            findings.Add(
                new(entries[^1].RefName, $"has the number {highest}, far above the {entries.Length} entries there are")
            );
        else
            for (var number = 1; number <= highest; number++)
                if (!bySequence.Contains(number))
                    findings.Add(new(environment, $"entry {number} is missing"));
        foreach (var same in bySequence.Where(group => group.Count() > 1))
            findings.Add(
                new(
                    environment,
                    $"entry {same.Key} exists {same.Count()} times: {string.Join(", ", same.Select(entry => entry.Name))}"
                )
            );
        foreach (
            var entry in entries.Where(entry => entry.Sequence < 1 || entry.Sequence == 1 != entry.Previous is null)
        )
            findings.Add(
                new(
                    entry.RefName,
                    $"has the number {entry.Sequence} and {(entry.Previous is null ? "no" : "an")} entry before it"
                )
            );
    }

    private static void CheckLink(LedgerLink before, LedgerLink entry, List<LedgerFinding> findings)
    {
        if (entry.Sequence != before.Sequence + 1)
            return; // said already
        if (entry.Previous != before.Sha256)
            findings.Add(
                new(before.RefName, $"is not what {entry.Name} was written after: it was changed or exchanged")
            );
        if (entry.Timestamp < before.Timestamp)
            findings.Add(new(entry.RefName, $"is older than {before.Name}, which it follows"));
    }

    private static void CheckHead(
        string environment,
        string subProject,
        ImmutableArray<LedgerEntry> entries,
        string commit,
        List<LedgerFinding> findings
    )
    {
        var newest = entries.LastOrDefault(entry =>
            entry.Record.Status == DeploymentRecords.TextOf(DeploymentStatus.Success)
            && ProjectVersion.TryParse(entry.Record.Version, out var version, out _)
            && version.SubProjectPath == subProject
        );
        if (newest?.Record.GitSha != commit)
            findings.Add(
                new(
                    environment,
                    $"the tag {EnvironmentTag.NameOf(subProject, environment)} points at {Short(commit)}, the newest successful entry is about {(newest is null ? "nothing" : Short(newest.Record.GitSha))}: entries are missing, or the tag was moved by hand"
                )
            );
    }

    private static string Short(string sha) => QuotedText.Plain(sha[..Math.Min(7, sha.Length)]);
}
