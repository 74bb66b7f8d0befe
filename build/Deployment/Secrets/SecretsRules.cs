using System.Collections.Immutable;

namespace Slipway.Secrets;

/// <param name="Where">A secret's name or a field of the file; empty for the file as a whole.</param>
public sealed record SecretsProblem(string Where, string What, string Expected)
{
    public override string ToString() => $"{(Where.Length == 0 ? "" : $"{Where}: ")}{What}, expected {Expected}";
}

/// <summary>
/// What an environment asks of its secrets file beyond SOPS: its MAC does not catch added or renamed empty keys, plain
/// values under another name, or recipients that were added or dropped.
/// </summary>
public static class SecretsRules
{
    /// <returns>All problems at once; names only when the inspection knows them.</returns>
    public static ImmutableArray<SecretsProblem> Check(SecretsDeclaration declaration, SecretsInspection inspection) =>
        [
            .. CheckEnvelope(declaration, inspection),
            .. inspection.Entries is { } entries ? CheckEntries(declaration, entries) : [],
        ];

    /// <summary>Who can read it and what its MAC covers, without a look at the names.</summary>
    public static ImmutableArray<SecretsProblem> CheckEnvelope(
        SecretsDeclaration declaration,
        SecretsInspection inspection
    )
    {
        const string field = "sops.age";
        var problems = ImmutableArray.CreateBuilder<SecretsProblem>();
        if (declaration.Recipients.IsEmpty)
        {
            problems.Add(new(field, "the configuration names nobody who may decrypt", "at least one age recipient"));
        }

        foreach (var stranger in inspection.Recipients.Except(declaration.Recipients))
        {
            problems.Add(new(field, $"{stranger} can decrypt it", "only recipients that the configuration names"));
        }

        foreach (var missing in declaration.Recipients.Except(inspection.Recipients))
        {
            problems.Add(new(field, $"{missing} cannot decrypt it", "every recipient that the configuration names"));
        }

        foreach (var source in inspection.OtherKeySources)
        {
            problems.Add(new($"sops.{source}", "holds the data key too", "age recipients alone"));
        }

        if (inspection.MacOnlyEncrypted)
        {
            problems.Add(new("sops.mac_only_encrypted", "leaves plain values out of the MAC", "a MAC over all values"));
        }

        return problems.ToImmutable();
    }

    private static IEnumerable<SecretsProblem> CheckEntries(
        SecretsDeclaration declaration,
        ImmutableArray<SecretEntry> entries
    )
    {
        foreach (var name in declaration.Names.Except(entries.Select(entry => entry.Name)))
        {
            yield return new(name, "is missing", "a value, as the configuration declares it");
        }

        foreach (var name in entries.Select(entry => entry.Name).Except(declaration.Names))
        {
            yield return new(name, "is not declared", "only names in the configuration's list of secrets");
        }

        foreach (var twice in entries.GroupBy(entry => entry.Name).Where(group => group.Count() > 1))
        {
            yield return new(twice.Key, "stands there more than once", "one value per name");
        }

        foreach (var entry in entries.Where(entry => entry.State != SecretState.Present))
        {
            yield return entry.State switch
            {
                SecretState.Empty => new(entry.Name, "is empty", "a value"),
                SecretState.Plain => new(entry.Name, "is not encrypted", "an encrypted value"),
                SecretState.Nested => new(entry.Name, "is a map or a list", "one value"),
                _ => new(entry.Name, "is not text", "text, in quotes where the format knows other types"),
            };
        }
    }
}
