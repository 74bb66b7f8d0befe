using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>
/// The <c>sops</c> part as dotenv and INI write it: one line per leaf, its path in the key (<c>age__list_0__map_enc</c>).
/// </summary>
internal static class FlatMetadata
{
    private const string MapStep = "__map_";
    private const string ListStep = "__list_";

    public static SopsMap Unflatten(IEnumerable<KeyValuePair<string, string>> lines)
    {
        var root = new Branch();
        foreach (var (key, value) in lines)
        {
            var steps = key.Replace(MapStep, "\nm", StringComparison.Ordinal)
                .Replace(ListStep, "\nl", StringComparison.Ordinal)
                .Split('\n');
            root.Put(["m" + steps[0], .. steps[1..]], value, key);
        }

        return (SopsMap)root.Build("sops");
    }

    private sealed class Branch
    {
        private readonly List<(string Step, Branch Child)> _children = [];
        private string? _value;

        public void Put(ReadOnlySpan<string> steps, string value, string key)
        {
            if (_value is not null || (steps.IsEmpty && _children.Count > 0))
            {
                throw Contradiction(key);
            }

            if (steps.IsEmpty)
            {
                _value = value;
                return;
            }

            var step = steps[0];
            var child = _children.Find(known => known.Step == step).Child;
            if (child is null)
            {
                child = new Branch();
                _children.Add((step, child));
            }

            child.Put(steps[1..], value, key);
        }

        public SopsNode Build(string key)
        {
            if (_value is not null)
            {
                return SopsLeaf.Text(_value);
            }

            var lists = _children.Count(child => child.Step[0] == 'l');
            if (lists == 0)
            {
                return new SopsMap([
                    .. _children.Select(child => new SopsEntry(child.Step[1..], child.Child.Build(child.Step[1..]))),
                ]);
            }

            var items = _children
                .Select(child => (Index: SopsScalars.ParseInteger(child.Step[1..]), child.Child))
                .OrderBy(item => item.Index)
                .ToImmutableArray();
            return lists == items.Length && items.Select((item, at) => item.Index == at).All(inOrder => inOrder)
                ? new SopsList([.. items.Select(item => item.Child.Build(key))])
                : throw Contradiction(key);
        }

        private static SopsException Contradiction(string key) =>
            new(SopsRefusal.BadMetadata, $"the sops metadata contradict themselves at {key}");
    }
}
