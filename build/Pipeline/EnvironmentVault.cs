using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Opens an environment's secrets.enc into memory, for this run only.</summary>
public sealed class EnvironmentVault(Workbench tools, HostPorts host)
{
    /// <summary>Every value is known to the redactor, and masked in GitHub, before anybody gets it.</summary>
    /// <exception cref="SecretsRefusedException">Not encrypted, for somebody else, or not exactly the declared names.</exception>
    public async Task<EnvironmentSecrets> OpenAsync(
        EnvironmentConfiguration environment,
        CancellationToken cancellation
    )
    {
        var keys = await KeysAsync(environment, cancellation);
        var secrets = await new Sops(keys, tools.Root, tools.Runner).ReadAsync(
            SecretsDeclaration.Of(environment),
            cancellation
        );
        foreach (var secret in secrets.Values.Values)
            Guard(secret);
        return secrets;
    }

    /// <summary>The identities at hand: those of the user or the workflow, and the sandbox's own.</summary>
    public Task<AgeKeys> KeysAsync(EnvironmentConfiguration environment, CancellationToken cancellation) =>
        AgeKeys.LoadAsync(
            System.Environment.GetEnvironmentVariable,
            KeyBeside(environment) is { } key ? [key] : ImmutableArray<string>.Empty,
            cancellation
        );

    /// <summary>Only the sandbox's key lies beside its file: it protects nothing, and says so.</summary>
    public string? KeyBeside(EnvironmentConfiguration environment) =>
        environment.Name == "sandbox" ? tools.PathOf("environments/sandbox/sandbox.agekey") : null;

    /// <summary>From here on nothing that is printed or written holds it.</summary>
    public void Guard(Secret secret)
    {
        tools.Redactor.Register(secret);
        host.MaskSecret(secret.Reveal());
    }
}
