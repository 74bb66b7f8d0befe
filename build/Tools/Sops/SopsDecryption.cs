using System.Collections.Immutable;
using System.Text;

namespace Slipway.Tools;

/// <summary>Opens every value of a document and holds the whole against its MAC. Nothing is returned before all of it held.</summary>
internal sealed class SopsDecryption : IDisposable
{
    private readonly SopsDocument _document;
    private readonly AesGcmAnyNonce _key;
    private readonly SopsMac _mac;

    private SopsDecryption(SopsDocument document, SopsDataKey key)
    {
        _document = document;
        _key = key.Cipher();
        _mac = new SopsMac(document.Metadata.MacOnlyEncrypted);
    }

    /// <returns>One tree per document of the file, in plain text.</returns>
    /// <exception cref="SopsException">Any value or the MAC is not what it was when it was written.</exception>
    public static ImmutableArray<SopsMap> Run(SopsDocument document, SopsDataKey key)
    {
        using var decryption = new SopsDecryption(document, key);
        ImmutableArray<SopsMap> branches =
        [
            .. document.Branches.Select(branch => decryption.Map(branch, ImmutableArray<string>.Empty)),
        ];
        decryption._mac.Verify(document.Metadata, decryption._key);
        return branches;
    }

    public void Dispose()
    {
        _key.Dispose();
        _mac.Dispose();
    }

    private SopsMap Map(SopsMap map, ImmutableArray<string> path) =>
        new([
            .. map.Entries.Select(entry =>
            {
                var inner = path.Add(entry.Key);
                return new SopsEntry(
                    entry.Key,
                    Node(entry.Value, inner, inList: false)
                        ?? throw new SopsException(
                            SopsRefusal.BadType,
                            $"{Name(inner)}: a comment stands where a value belongs"
                        )
                );
            }),
        ]);

    /// <returns>Null for a comment that stands as an item of a list.</returns>
    private SopsNode? Node(SopsNode node, ImmutableArray<string> path, bool inList) =>
        node switch
        {
            SopsMap map => Map(map, path),
            SopsList list => new SopsList([
                .. list.Items.Select(item => Node(item, path, inList: true)).OfType<SopsNode>(),
            ]),
            _ => Leaf((SopsLeaf)node, path, inList),
        };

    private SopsLeaf? Leaf(SopsLeaf leaf, ImmutableArray<string> path, bool inList)
    {
        var encrypted = _document.Metadata.Rule.Encrypts(path);
        var plain = leaf.IsEmpty || !encrypted ? leaf : Open(leaf, path, inList);
        if (plain is not null)
        {
            _mac.Add(plain.Bytes.Span, encrypted);
        }

        return plain;
    }

    private SopsLeaf? Open(SopsLeaf leaf, ImmutableArray<string> path, bool inList)
    {
        var value =
            (leaf.Kind == SopsKind.Text ? SopsCiphertext.Parse(leaf.Reveal(), Name(path)) : null)
            ?? throw new SopsException(
                SopsRefusal.NotEncrypted,
                $"{Name(path)}: the value is not encrypted, and must be",
                next: "renew the value where it is used, then set it with --set"
            );
        if (value.Type is not ("str" or "int" or "float" or "bool" or "time") && !(inList && value.Type == "comment"))
        {
            throw BadType(path, "no type of a value");
        }

        var bytes =
            value.Open(_key, SopsDocument.Associated(path))
            ?? throw new SopsException(
                SopsRefusal.ValueTampered,
                $"{Name(path)}: the value was changed, renamed or moved",
                next: "take the file from the last good commit and make the change again with --set"
            );
        return value.Type == "comment" ? null : Typed(value.Type, bytes) ?? throw BadType(path, "not what it holds");
    }

    /// <returns>Null when the content is not of the type.</returns>
    private static SopsLeaf? Typed(string type, byte[] bytes)
    {
        if (type == "str")
        {
            return new SopsLeaf(SopsKind.Text, bytes);
        }

        var text = Encoding.UTF8.GetString(bytes);
        return type switch
        {
            "int" => SopsScalars.ParseInteger(text) is { } integer ? SopsScalars.Integer(integer) : null,
            "float" when text is "NaN" or "+Inf" or "-Inf" => SopsLeaf.Of(SopsKind.Float, text),
            "float" => SopsScalars.ParseFloat(text) is { } number ? SopsScalars.Float(number) : null,
            "bool" => text switch
            {
                "True" or "true" or "TRUE" or "t" or "T" or "1" => SopsScalars.Boolean(true),
                "False" or "false" or "FALSE" or "f" or "F" or "0" => SopsScalars.Boolean(false),
                _ => null,
            },
            _ => SopsScalars.Time(text, lenient: false),
        };
    }

    private static SopsException BadType(ImmutableArray<string> path, string what) =>
        new(SopsRefusal.BadType, $"{Name(path)}: the type of the encrypted value is {what}");

    private static string Name(ImmutableArray<string> path) => string.Join('.', path);
}
