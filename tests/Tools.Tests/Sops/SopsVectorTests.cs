using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

public sealed class SopsVectorTests
{
    [TestCaseSource(typeof(SopsVectors), nameof(SopsVectors.Manifest))]
    public async Task Gives_the_expected_plaintext_or_the_expected_refusal(SopsVector vector)
    {
        // Secrets.enc and its kin tell their format by their content alone.
        foreach (
            SopsFormat? format in new SopsFormat?[] { null, Enum.Parse<SopsFormat>(vector.Format, ignoreCase: true) }
        )
        {
            if (vector.Code is { } code)
            {
                (await Should.ThrowAsync<SopsException>(() => DecryptAsync(vector, format))).Code.ShouldBe(code);
            }
            else
            {
                var plain = await DecryptAsync(vector, format);
                var actual = plain.Length == 1 ? Json(plain[0]) : new JsonArray([.. plain.Select(Json)]);
                Same(JsonNode.Parse(SopsVectors.Text(vector.Expected!)), actual, "$");
            }
        }
    }

    [Test]
    public void The_set_is_whole() => SopsVectors.Manifest().Count().ShouldBe(36);

    private static async Task<ImmutableArray<SopsMap>> DecryptAsync(SopsVector vector, SopsFormat? format)
    {
        var document = SopsDocument.Parse(SopsVectors.Text(vector.File), format);
        var keyring = new SopsKeyring(SopsVectors.KeysOf(vector.Key), null);
        return SopsDecryption.Run(document, await keyring.OpenAsync(document.Metadata, default));
    }

    private static JsonNode? Json(SopsNode node) =>
        node switch
        {
            SopsMap map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Json(entry.Value)))
            ),
            SopsList list => new JsonArray([.. list.Items.Select(Json)]),
            SopsLeaf { Kind: SopsKind.Null } => null,
            SopsLeaf { Kind: SopsKind.Boolean } leaf => leaf.Reveal() == "True",
            SopsLeaf { Kind: SopsKind.Integer or SopsKind.Float } leaf => JsonNode.Parse(leaf.Reveal()),
            SopsLeaf leaf => leaf.Reveal(),
            _ => throw new InvalidOperationException(),
        };

    /// <summary>Order of keys included: it is part of what the MAC covers.</summary>
    private static void Same(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject map:
                var found = actual.ShouldBeOfType<JsonObject>(path);
                found.Select(entry => entry.Key).ShouldBe(map.Select(entry => entry.Key), path);
                foreach (var (key, value) in map)
                {
                    Same(value, found[key], $"{path}.{key}");
                }

                break;
            case JsonArray list:
                var items = actual.ShouldBeOfType<JsonArray>(path);
                items.Count.ShouldBe(list.Count, path);
                for (var i = 0; i < list.Count; i++)
                {
                    Same(list[i], items[i], $"{path}[{i}]");
                }

                break;
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number:
                actual.ShouldNotBeNull(path).GetValueKind().ShouldBe(JsonValueKind.Number, path);
                // As text: a double would not tell 9007199254740993 from its neighbour.
                var text = number.ToJsonString();
                actual
                    .ToJsonString()
                    .ShouldBe(long.TryParse(text, out _) ? text : SopsScalars.Float(double.Parse(text)).Reveal(), path);
                break;
            default:
                actual?.ToJsonString().ShouldBe(expected?.ToJsonString(), path);
                (actual is null).ShouldBe(expected is null, path);
                break;
        }
    }
}
