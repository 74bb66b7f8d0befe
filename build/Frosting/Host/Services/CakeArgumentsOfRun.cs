using System.Collections.Immutable;
using Cake.Core;

namespace Slipway.Host;

/// <summary>The arguments of the command line as tasks read them. A default is a value that nobody typed: found, but not "had".</summary>
internal sealed class CakeArgumentsOfRun(
    ImmutableDictionary<string, ImmutableArray<string>> typed,
    ImmutableDictionary<string, string> defaults
) : ICakeArguments
{
    public bool HasArgument(string name) => typed.ContainsKey(name);

    public ICollection<string> GetArguments(string name) =>
        typed.TryGetValue(name, out var values) ? values
        : defaults.TryGetValue(name, out var value) ? [value]
        : [];

    public IDictionary<string, ICollection<string>> GetArguments()
    {
        var all = new Dictionary<string, ICollection<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in typed.Keys.Concat(defaults.Keys))
        {
            all[name] = GetArguments(name);
        }

        return all;
    }
}
