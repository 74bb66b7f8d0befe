using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

/// <summary>
/// What we write has the values that somebody else's reader finds in it: npm's sops-age, which never looks at the MAC
/// (our own reader and the vectors of the real program see to that).
/// </summary>
public sealed class AnotherReaderTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 10, 20, 30, TimeSpan.Zero);
    private static readonly AgeIdentity Identity = AgeIdentity.Generate();

    private static readonly ImmutableSortedDictionary<string, string> Values = new Dictionary<string, string>
    {
        ["DATABASE_URL"] = "postgres://u:p%40ss@h/db?sslmode=require",
        ["EVERY_ESCAPE"] = "\"'\\\n\r\t\u2028<script>&{}[]:=,#$(id)",
        ["KEY_FILE"] = "-----BEGIN X-----\nabc+/=\n-----END X-----\n",
        ["LIKE_A_NUMBER"] = "007",
        ["LIKE_NULL"] = "null",
        ["LIKE_OURS"] = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]",
        ["LONG"] = new string('x', 100_000),
        ["UNICODE"] = "Grüße \U0001F389",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private ScratchFolder _folder = null!;

    [OneTimeSetUp]
    public async Task Install()
    {
        _folder = new ScratchFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(SopsVectors.Folder, "..", "SopsAge")))
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        await new CommandRunner(new Redactor(), TimeProvider.System).RunAsync(
            Command.Of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").In(_folder.Path)
        );
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public Task Reads_a_new_file() => ReadsAsync(Init());

    [Test]
    public Task Reads_a_value_that_was_set()
    {
        var text = Init();
        text = SopsWriter.Set(text, Key(text), "UNICODE", new Secret("another"), Monday);
        return ReadsAsync(text, Values.SetItem("UNICODE", "another"));
    }

    [Test]
    public Task Reads_what_was_encrypted_anew()
    {
        var text = Init();
        return ReadsAsync(SopsWriter.Rotate(text, Key(text), [Identity.Recipient], Monday));
    }

    private async Task ReadsAsync(string file, ImmutableSortedDictionary<string, string>? expected = null)
    {
        var command = Command
            .Of("node", "read.mjs")
            .In(_folder.Path)
            .WithSecret("SOPS_AGE_KEY", Identity.ToSecret()) with
        {
            SecretInput = new Secret(file),
        };
        var result = await new CommandRunner(new Redactor(), TimeProvider.System).RunAsync(command);
        JsonNode
            .Parse(result.Output)!
            .AsObject()
            .ToImmutableSortedDictionary(
                entry => entry.Key,
                entry => entry.Value!.GetValue<string>(),
                StringComparer.Ordinal
            )
            .ShouldBe(expected ?? Values);
    }

    private static string Init() =>
        SopsWriter.Init(
            [Identity.Recipient],
            Values.Select(value => KeyValuePair.Create(value.Key, new Secret(value.Value))),
            Monday
        );

    private static SopsDataKey Key(string text) =>
        SopsDataKey.Open(SopsDocument.Parse(text).Metadata.AgeKeys, [Identity]).ShouldNotBeNull();
}
