using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.Host;

/// <summary>Cake's context, each service of which is made when a task first asks for it: most builds never need the locator or the globber.</summary>
internal sealed class LazyCakeContext(IServiceProvider provider) : ICakeContext
{
    public IFileSystem FileSystem => Get<IFileSystem>();

    public ICakeEnvironment Environment => Get<ICakeEnvironment>();

    public IGlobber Globber => Get<IGlobber>();

    public ICakeLog Log => Get<ICakeLog>();

    public ICakeArguments Arguments => Get<ICakeArguments>();

    public IProcessRunner ProcessRunner => Get<IProcessRunner>();

    public IRegistry Registry => Get<IRegistry>();

    public IToolLocator Tools => Get<IToolLocator>();

    public ICakeDataResolver Data => Get<ICakeDataService>();

    public ICakeConfiguration Configuration => Get<ICakeConfiguration>();

    public IToolInstaller ToolInstaller => Get<IToolInstaller>();

    public IServiceProvider ServiceProvider => provider;

    private T Get<T>()
        where T : notnull => provider.GetRequiredService<T>();
}
