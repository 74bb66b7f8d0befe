using System.Collections.Immutable;

namespace Slipway.Secrets;

/// <summary>The secrets of an environment, in memory for one run.</summary>
/// <param name="Values">Exactly the declared names, each non-empty.</param>
/// <param name="FileSha256">
/// Of the encrypted file, lower-case hexadecimal digits. It goes into the deployment record: nothing inside the file says
/// that it is not an older one put back.
/// </param>
public sealed record EnvironmentSecrets(ImmutableSortedDictionary<string, Secret> Values, string FileSha256);
