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
    public async Task<EnvironmentSecrets> OpenAsync(EnvironmentConfiguration environment, CancellationToken cancellation)
    {
        var folder = tools.PathOf(Path.Combine("environments", environment.Name));
        // Only the sandbox's key lies beside its file: it protects nothing, and says so.
        ImmutableArray<string> beside = environment.Name == "sandbox" ? [Path.Combine(folder, "sandbox.agekey")] : [];
        var keys = await AgeKeys.LoadAsync(System.Environment.GetEnvironmentVariable, beside, cancellation);
        var secrets = await new Sops(keys, tools.Root, tools.Runner).ReadAsync(SecretsDeclaration.Of(environment), cancellation);
        foreach (var secret in secrets.Values.Values)
        {
            tools.Redactor.Register(secret);
            host.MaskSecret(secret.Reveal());
        }
        return secrets;
    }
}
