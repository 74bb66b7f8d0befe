using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Outcomes;

namespace Slipway.Secrets;

/// <summary>What the instances of each service get as variables that nobody may see.</summary>
/// <param name="Everyone">For all services, e.g. <c>DATABASE_URL</c>.</param>
/// <param name="Declared">The environment's secrets, of which a service gets those that it names.</param>
public sealed record ServiceSecrets(
    ImmutableSortedDictionary<string, Secret> Everyone,
    ImmutableSortedDictionary<string, Secret> Declared
)
{
    public static ServiceSecrets None { get; } =
        new(ImmutableSortedDictionary<string, Secret>.Empty, ImmutableSortedDictionary<string, Secret>.Empty);

    public IEnumerable<Secret> All => Everyone.Values.Concat(Declared.Values);

    /// <param name="service">Null: the configuration no longer has it, and it names nothing.</param>
    /// <exception cref="PipelineException">A secret that it names is not there: an instance without it would only fail later.</exception>
    public ImmutableSortedDictionary<string, Secret> For(ServiceSettings? service)
    {
        var own = Everyone.ToBuilder();
        foreach (var name in service is null or { Secrets.IsDefault: true } ? [] : service.Secrets)
        {
            own[name] = Declared.TryGetValue(name, out var value)
                ? value
                : throw new PipelineException(
                    $"{service!.Name} cannot be started: its secret {name} was not opened",
                    "a run that opens the environment's secrets.enc"
                );
        }
        return own.ToImmutable();
    }

    /// <summary>Whether the pipeline sets this variable of an instance itself.</summary>
    public static bool IsOurs(string name) =>
        name is "DATABASE_URL" or "PATH" or "HOME" or "LANG" or "LC_ALL" or "TZ" or "TMPDIR" or "PORT"
        || name.StartsWith("SLIPWAY_", StringComparison.Ordinal);
}
