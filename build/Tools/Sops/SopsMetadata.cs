using System.Collections.Immutable;

namespace Slipway.Tools;

/// <param name="Recipient">Whom it is for, as the file says; nothing authenticates it.</param>
/// <param name="Envelope">An armored age file that holds the data key.</param>
internal sealed record SopsAgeKey(string Recipient, string Envelope);

/// <summary>The <c>sops</c> part of a file.</summary>
/// <param name="OtherKeySources">Names of key services (<c>kms</c>, <c>pgp</c> …) that also hold the data key.</param>
/// <param name="LastModified">RFC 3339 to seconds: what the MAC is bound to.</param>
/// <param name="Mac">As it stands in the file; empty when there is none.</param>
internal sealed record SopsMetadata(
    ImmutableArray<SopsAgeKey> AgeKeys,
    ImmutableArray<string> OtherKeySources,
    string LastModified,
    string Mac,
    SopsRule Rule,
    bool MacOnlyEncrypted,
    string Version
)
{
    public const string Key = "sops";

    private static readonly ImmutableArray<string> KeyServices =
    [
        "kms",
        "gcp_kms",
        "azure_kv",
        "hc_vault",
        "hckms",
        "pgp",
    ];

    public static SopsMetadata Parse(SopsMap part)
    {
        var fields = new SopsFields(part);
        if (fields.IsThere("key_groups") || fields.Text("shamir_threshold") is not ("" or "0"))
        {
            throw new SopsException(
                SopsRefusal.Unsupported,
                "the file splits its data key over key groups (Shamir)",
                "age recipients, each of which opens the file alone",
                "with the sops program: sops rotate -i, without key groups in .sops.yaml"
            );
        }

        var lastModified = fields.Text("lastmodified");
        return new SopsMetadata(
            AgeKeysOf(part),
            [.. KeyServices.Where(fields.IsThere)],
            ToSeconds(lastModified) ?? throw Bad("lastmodified", "a time as in RFC 3339"),
            fields.Text("mac"),
            SopsRule.Parse(fields),
            fields.Flag("mac_only_encrypted"),
            fields.Text("version")
        );
    }

    public static SopsException NotThere() =>
        new(
            SopsRefusal.NoMetadata,
            "the file is not encrypted: it has no sops part",
            "a file encrypted by SOPS",
            "take the plain text out of the repository and its history, and renew what stood in it"
        );

    public static SopsException Bad(string field, string expected) =>
        new(SopsRefusal.BadMetadata, $"sops.{field} is wrong", expected);

    private static ImmutableArray<SopsAgeKey> AgeKeysOf(SopsMap part)
    {
        if (part.Find("age") is null or SopsLeaf { IsEmpty: true })
        {
            return [];
        }

        if (part.Find("age") is not SopsList list)
        {
            throw Bad("age", "a list");
        }

        return
        [
            .. list
                .Items.Select(item =>
                    item is SopsMap map ? new SopsFields(map) : throw Bad("age", "a list of recipient and enc")
                )
                .Select(fields => new SopsAgeKey(fields.Text("recipient"), fields.Text("enc"))),
        ];
    }

    /// <summary>SOPS formats the time anew before it binds the MAC to it: fractions of a second fall off.</summary>
    private static string? ToSeconds(string text)
    {
        var time = SopsScalars.Time(text, lenient: false)?.Reveal();
        var point = time?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return point < 0 ? time : time![..point] + time[(point + 1)..].TrimStart("0123456789".ToCharArray());
    }
}

/// <summary>Typed access to a map of metadata.</summary>
internal sealed class SopsFields(SopsMap map)
{
    public bool IsThere(string field) =>
        map.Find(field) switch
        {
            null or SopsLeaf { IsEmpty: true } => false,
            SopsList list => !list.Items.IsEmpty,
            SopsMap inner => !inner.Entries.IsEmpty,
            _ => true,
        };

    /// <summary>Empty when it is not there or null.</summary>
    public string Text(string field) =>
        map.Find(field) switch
        {
            null => "",
            SopsLeaf leaf => leaf.Reveal(),
            _ => throw SopsMetadata.Bad(field, "one value"),
        };

    /// <summary>Dotenv and INI hold it as text.</summary>
    public bool Flag(string field) =>
        Text(field) switch
        {
            "" or "false" or "False" => false,
            "true" or "True" => true,
            _ => throw SopsMetadata.Bad(field, "true or false"),
        };
}
