using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Host;

namespace Cake.Frosting;

/// <summary>A build program: composed in a few lines, then <see cref="Run"/> with the command line.</summary>
public sealed class CakeHost
{
    private readonly ServiceCollection _services = [];

    public CakeHost()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            Options.Assemblies.Add(entry);
        }
    }

    /// <summary>What <see cref="HostExtensions"/> sets, beyond the public surface of Cake.Frosting.</summary>
    internal HostOptions Options { get; } = new();

    public static CakeHost Create() => new();

    /// <summary>Its public task classes are tasks of this build, too. The entry assembly is always read.</summary>
    public CakeHost AddAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        Options.Assemblies.Add(assembly);
        return this;
    }

    public CakeHost ConfigureServices(Action<IServiceCollection> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services(_services);
        return this;
    }

    /// <returns>The exit code of the program: 0 done, 1 failed, 2 wrong arguments, 130 cancelled, or what the failure says.</returns>
    public int Run(IEnumerable<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return new HostProgram(Options, _services).Run([.. args]);
    }
}
