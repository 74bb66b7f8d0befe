using Slipway.Outcomes;
using Slipway.Tools;

namespace Slipway.Tools.Tests.Sops;

public sealed class AgeKeysTests
{
    private readonly AgeIdentity[] _identities = [.. Enumerable.Range(0, 4).Select(_ => AgeIdentity.Generate())];
    private string _home = "";

    [SetUp]
    public void MakeHome() => _home = Directory.CreateTempSubdirectory("slipway-home-").FullName;

    [TearDown]
    public void RemoveHome() => Directory.Delete(_home, recursive: true);

    [Test]
    public async Task All_places_are_read()
    {
        var named = Put("named.txt", 1);
        var user = Put(Path.Combine(".config", "sops", "age", "keys.txt"), 2);
        var sandbox = Put("sandbox.agekey", 3);
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [AgeKeys.TextVariable] = $"# mine\n{_identities[0].ToSecret().Reveal()}\n",
            [AgeKeys.FileVariable] = named,
            ["HOME"] = _home,
        };
        var keys = await AgeKeys.LoadAsync(variables.GetValueOrDefault, [sandbox, Path.Combine(_home, "none")]);
        keys.Identities.Select(key => key.Recipient).ShouldBe(_identities.Select(identity => identity.Recipient));
        keys.Sources.ShouldBe([AgeKeys.TextVariable, named, user, sandbox]);

        variables["XDG_CONFIG_HOME"] = Path.Combine(_home, "nothing");
        (await AgeKeys.LoadAsync(variables.GetValueOrDefault, [])).Sources.ShouldBe([AgeKeys.TextVariable, named]);
    }

    [Test]
    public async Task A_named_file_that_is_not_there_is_an_error()
    {
        var refused = await Should.ThrowAsync<PipelineException>(() =>
            AgeKeys.LoadAsync(name => name == AgeKeys.FileVariable ? "/nowhere/key.txt" : null, [])
        );
        refused.Message.ShouldBe("SOPS_AGE_KEY_FILE names a file that is not there: /nowhere/key.txt");
    }

    [Test]
    public async Task No_key_at_all_is_no_error_until_one_is_needed() =>
        (await AgeKeys.LoadAsync(_ => null, [])).Identities.ShouldBeEmpty();

    [Test]
    public void Identities_of_plugins_are_kept_for_the_age_program()
    {
        var keys = AgeKeys.Parse("key.txt", "AGE-PLUGIN-YUBIKEY-1XYZ\n");
        keys.Identities.ShouldBeEmpty();
        keys.Foreign.ShouldHaveSingleItem().ToString().ShouldNotContain("XYZ");
    }

    private string Put(string name, int identity)
    {
        var path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, _identities[identity].ToSecret().Reveal() + "\n");
        return path;
    }
}
