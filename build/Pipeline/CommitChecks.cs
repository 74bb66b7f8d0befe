using System.Collections.Immutable;
using Slipway.Checks;
using Slipway.Releases;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>What is known of the commit that is to be released: GitHub's checks, its audit, and whether the checkout is it.</summary>
public sealed class CommitChecks(DeploymentContext context)
{
    private const string AuditCommand = "audit";

    /// <summary>One result per required check; without a token of GitHub they are said to be left out, or block where they are required.</summary>
    public async Task<ImmutableArray<CheckResult>> RequiredAsync(Release release, CancellationToken cancellation)
    {
        var required = context.Destination.RequiredChecks;
        if (required.IsEmpty)
            return [new("required checks", CheckStatus.NotApplicable, $"{context.Destination.Name} requires none (environment.json: requiredChecks)")];
        if (context.Origin is not { Token: { } token, Repository: { } repository })
            return
            [
                .. required.Select(name => new CheckResult(
                    name,
                    CheckStatus.Missing,
                    "cannot be asked: there is no GITHUB_TOKEN and GITHUB_REPOSITORY; expected success"
                )),
            ];
        using var http = new HttpConnection();
        var github = new GitHubChecks(new GitHubClient(http.Client, context.Origin.ApiUrl, token, context.Time), repository);
        return RequiredChecks.Evaluate(required, await github.ReadAsync(release.CommitSha, cancellation));
    }

    /// <summary>Runs the sub-project's own audit (slipway.json: subProjects[].commands.audit) at the commit.</summary>
    public async Task<CheckResult> AuditAsync(Release release, Action<OutputLine> onLine, CancellationToken cancellation)
    {
        if (!context.SubProject.Commands.TryGetValue(AuditCommand, out var argv) || argv.IsEmpty)
            return new(CheckNames.SecurityAudit, CheckStatus.NotApplicable, "none is configured (slipway.json: subProjects[].commands.audit)");
        try
        {
            await new CommitBuild(context.Workbench.Runner, context.Workbench.Git.ArchiveAsync).RunAsync(
                release.CommitSha,
                tree => Command.Of(argv[0], argv.Skip(1)).In(tree),
                onLine,
                cancellation
            );
            return new(CheckNames.SecurityAudit, CheckStatus.Passed, string.Join(' ', argv));
        }
        catch (CommandFailedException failure)
        {
            return new(CheckNames.SecurityAudit, CheckStatus.Failed, failure.Message);
        }
    }

    /// <summary>An unclean tree is a warning in the sandbox, an error elsewhere: what is deployed is the commit, not the tree.</summary>
    public async Task<CheckResult> WorkingTreeAsync(CancellationToken cancellation)
    {
        var changes = await context.Workbench.Git.ChangesAsync(cancellation);
        return changes.IsEmpty
            ? new(CheckNames.WorkingTree, CheckStatus.Passed, "clean")
            : new(
                CheckNames.WorkingTree,
                context.Site.IsSandbox ? CheckStatus.Warning : CheckStatus.Failed,
                $"{changes.Length} uncommitted changes, which are not part of the release ({string.Join(", ", changes.Take(3).Select(change => change.Path))}{(changes.Length > 3 ? ", …" : "")}); expected a clean tree"
            );
    }
}
