using System.Text.Json;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>The files in <c>Vectors</c>, read where they stand in the sources.</summary>
internal static class SopsVectors
{
    public static string Folder { get; } = Path.Combine(Root(), "tests", "Tools.Tests", "Sops", "Vectors");

    public static AgeKeys Keys { get; } = KeysOf("gen/both.txt");

    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public static AgeKeys KeysOf(string file) => AgeKeys.Parse(file, Text(file));

    public static SopsDataKey DataKey(SopsDocument document) =>
        SopsDataKey.Open(document.Metadata.AgeKeys, Keys.Identities).ShouldNotBeNull();

    public static IEnumerable<TestCaseData> Manifest()
    {
        using var manifest = JsonDocument.Parse(Text("MANIFEST.json"));
        foreach (var entry in manifest.RootElement.EnumerateArray())
        {
            string? Field(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;
            var file = Field("file")!;
            var vector = new SopsVector(file, Field("format")!, Field("key")!, Field("expected"), Field("code"));
            // The real program crashes on it; see the README there.
            vector = file == "gen/neg/type-bytes.env" ? vector with { Expected = null, Code = "BAD_TYPE" } : vector;
            yield return new TestCaseData(vector).SetArgDisplayNames(file, Path.GetFileName(vector.Key));
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no Slipway.slnx above the tests");
        }

        return folder.FullName;
    }
}

public sealed record SopsVector(string File, string Format, string Key, string? Expected, string? Code);
