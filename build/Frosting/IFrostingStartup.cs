using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>Registers a build's services in a class of its own.</summary>
public interface IFrostingStartup
{
    void Configure(IServiceCollection services);
}
