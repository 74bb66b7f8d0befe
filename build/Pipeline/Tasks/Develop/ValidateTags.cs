using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateTags")]
[TaskDescription("Version, state and environment tags agree with each other and with the environments")]
public sealed class ValidateTags : CheckTask
{
    protected override async Task CheckAsync(DeploymentContext context)
    {
        var environments = context.Configured.Demand().EnvironmentNames;
        var tags = TagSet.Parse(
            (await context.Workbench.Git.TagsAsync(context.Cancellation)).Select(tag => (tag.Name, tag.Commit)),
            environments
        );
        var findings = TagConsistency.Findings(tags, environments);
        if (!findings.IsEmpty)
            throw new PipelineException(
                string.Join('\n', findings),
                "tags as the specification of versions says",
                "delete or correct the tags that are named; version and state tags that were pushed stay as they are"
            );
        context.Log.Information("{0} tags, {1} of them versions", tags.All.Length, tags.Versions.Length);
    }
}
