using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.IO;

namespace Slipway.Host;

/// <summary>Cake's settings: the program's own, <c>CAKE_*</c> variables, <c>cake.config</c>, arguments; the later wins. Read when first asked.</summary>
internal sealed class HostConfiguration(
    IEnumerable<CakeSetting> settings,
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    ICakeArguments arguments
) : ICakeConfiguration
{
    private readonly Lazy<ICakeConfiguration> _configuration = new(() =>
        new CakeConfigurationProvider(fileSystem, environment).CreateConfiguration(
            environment.WorkingDirectory,
            settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)),
            arguments.GetArguments().ToDictionary(pair => pair.Key, pair => pair.Value.FirstOrDefault() ?? "")
        )
    );

    public string GetValue(string key) => _configuration.Value.GetValue(key);
}
