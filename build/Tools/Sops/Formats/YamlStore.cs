using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Tools;

/// <summary>
/// YAML → trees, one per document, from the parser's events: what is quoted stays text, order stays, anchors are
/// expanded, and <c>&lt;&lt;</c> is a key like any other, as in SOPS.
/// </summary>
internal sealed class YamlStore
{
    private const int MaximumDepth = 100;

    /// <summary>Bounds what a few nested aliases can blow up to.</summary>
    private const int MaximumNodes = 200_000;

    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, (SopsNode Node, int Count)> _anchors = [];
    private int _count;

    private YamlStore(string text) => _parser = new Parser(new StringReader(text));

    public static ImmutableArray<SopsMap> Parse(string text)
    {
        try
        {
            return new YamlStore(text).Documents();
        }
        catch (YamlException exception)
        {
            // Its own message may quote the text.
            throw Refuse("is not well-formed YAML", exception.Start);
        }
    }

    private ImmutableArray<SopsMap> Documents()
    {
        var documents = ImmutableArray.CreateBuilder<SopsMap>();
        _parser.Consume<StreamStart>();
        while (_parser.TryConsume<DocumentStart>(out _))
        {
            var start = _parser.Current!.Start;
            documents.Add(
                Node(0) switch
                {
                    SopsMap map => map,
                    SopsLeaf { Kind: SopsKind.Null } => SopsMap.Empty,
                    _ => throw Refuse("starts a document that is no map", start),
                }
            );
            _parser.Consume<DocumentEnd>();
            _anchors.Clear();
        }

        return documents.ToImmutable();
    }

    private SopsNode Node(int depth)
    {
        var at = _parser.Current!.Start;
        if (depth > MaximumDepth)
        {
            throw Refuse($"is nested deeper than {MaximumDepth}", at);
        }

        Count(1, at);
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            var (known, size) = _anchors.TryGetValue(alias.Value, out var found)
                ? found
                : throw Refuse("refers to an anchor that is not complete", at);
            Count(size, at);
            return known;
        }

        var anchor = ((NodeEvent)_parser.Current!).Anchor;
        var before = _count;
        SopsNode node =
            _parser.TryConsume<Scalar>(out var scalar)
                ? YamlScalars.Resolve(scalar) ?? throw Refuse("holds a value of a type that SOPS has not", at)
            : _parser.TryConsume<SequenceStart>(out _) ? List(depth)
            : Map(depth);
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (node, _count - before);
        }

        return node;
    }

    private SopsList List(int depth)
    {
        var items = ImmutableArray.CreateBuilder<SopsNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return new SopsList(items.ToImmutable());
    }

    private SopsMap Map(int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = ImmutableArray.CreateBuilder<SopsEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Current!.Start;
            if (!_parser.TryConsume<Scalar>(out var key) || !YamlScalars.IsTextKey(key))
            {
                throw Refuse("has a key that is not text", at);
            }

            if (!keys.Add(key.Value))
            {
                throw Refuse("repeats a key of its map", at);
            }

            entries.Add(new SopsEntry(key.Value, Node(depth + 1)));
        }

        return new SopsMap(entries.ToImmutable());
    }

    private void Count(int nodes, Mark at)
    {
        _count += nodes;
        if (_count > MaximumNodes)
        {
            throw Refuse($"brings the file to more than {MaximumNodes} values", at);
        }
    }

    private static SopsException Refuse(string what, Mark at) => new(SopsRefusal.Parse, $"line {at.Line} {what}");
}
