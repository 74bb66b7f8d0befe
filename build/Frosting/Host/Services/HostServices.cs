using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Modules;
using Cake.Core.Tooling;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Slipway.Host;

/// <summary>Builds the container of a run: Cake's services, what the program registered over them, and the tasks.</summary>
internal static class HostServices
{
    public static ServiceProvider Build(
        IServiceCollection program,
        IEnumerable<TaskDescriptor> tasks,
        IEnumerable<ServiceDescriptor> run
    )
    {
        var services = new ServiceCollection();
        services.UseModule<CoreModule>();
        services.AddSingleton<ICakeConfiguration, HostConfiguration>();
        services.AddSingleton<IToolInstaller, ToolInstaller>();
        services.AddSingleton<ToolLocator>().AddSingleton<IToolLocator, LockedToolLocator>();
        services.AddSingleton<ProcessRunner>().AddSingleton<IProcessRunner, RoutedProcessRunner>();
        services.AddSingleton<CakeEnvironment>().AddSingleton<ICakeEnvironment, HostEnvironment>();
        services.AddSingleton<ICakeContext, LazyCakeContext>();
        services.AddSingleton<FrostingContext>();
        services.AddSingleton<IFrostingContext>(provider => provider.GetRequiredService<FrostingContext>());
        foreach (var service in run)
        {
            services.Add(service);
        }

        foreach (var service in program)
        {
            if (service.ServiceType != typeof(IFrostingTask))
            {
                services.Add(service);
            }
        }

        foreach (var task in tasks)
        {
            var type = task.Type;
            if (task.Instance is { } instance)
            {
                services.AddSingleton(type, instance);
            }
            else
            {
                services.AddSingleton(type);
            }

            services.AddSingleton(provider => (IFrostingTask)provider.GetRequiredService(type));
        }

        return services.BuildServiceProvider();
    }
}
