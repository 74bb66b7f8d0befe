using Cake.Core;
using Cake.Frosting;
using Slipway.Environments;
using Slipway.Pipeline.Sites;
using Slipway.Products;

namespace Slipway.Pipeline;

/// <summary>What a task sees: the request, what it is about, where it is kept, and the tools. Nothing can be put into it.</summary>
public sealed class DeploymentContext(
    ICakeContext cake,
    Request request,
    Runs runs,
    Configured configured,
    Workbench tools,
    SiteFactory sites,
    HostPorts host,
    Origin origin,
    TimeProvider time
) : FrostingContext(cake)
{
    private readonly Lazy<ISite> _site = new(() => sites.Open(configured.Environment));

    public Request Request => request;

    public Runs Runs => runs;

    /// <exception cref="Outcomes.PipelineException">The configuration has errors: all of them are in the message.</exception>
    public EnvironmentConfiguration Environment => configured.Environment;

    public ProductConfiguration Product => configured.Product;

    public SubProject SubProject => configured.SubProject;

    public Configured Configured => configured;

    public Workbench Tools => tools;

    /// <summary>The environment's world.</summary>
    public ISite Site => _site.Value;

    public ReleaseFinder Releases => new(this);

    public Recovery Recovery => new(this);

    public Origin Origin => origin;

    public TimeProvider Time => time;

    public CancellationToken Cancellation => host.Cancellation();

    public void WriteResult(string text) => host.WriteResult(text);
}
