using System.Collections.Immutable;

namespace Slipway.EndToEnd.Tests;

/// <summary>
/// <c>--target=Secrets --edit</c> without the <c>sops</c> program, and with one of the test's own in its place: it notes
/// how it is called and leaves the file that the test wants.
/// </summary>
[Order(1)]
public sealed class EditingSecrets
{
    private const string Plain = "tk_in_plain_text_0001";
    private const string Secrets = "environments/sandbox/secrets.enc";

    // The last argument is the file. Of the environment only the names are kept.
    private const string Sops = """
        #!/bin/sh
        printf '%s\n' "$@" > "$SOPS_NOTES/argv"
        env | sed 's/=.*//' | sort > "$SOPS_NOTES/names"
        printf '%s' "$SOPS_AGE_KEY_FILE" > "$SOPS_NOTES/key"
        for file in "$@"; do :; done
        if [ -f "$SOPS_NOTES/left" ]; then cat "$SOPS_NOTES/left" > "$file"; fi
        exit "$(cat "$SOPS_NOTES/exit")"

        """;

    private Checkout _checkout = null!;
    private string _notes = "";

    private string SecretsFile => Path.Combine(_checkout.Root, Secrets);

    [SetUp]
    public async Task Create()
    {
        _checkout = await Checkout.CreateAsync();
        _notes = Directory.CreateTempSubdirectory("slipway-sops-").FullName;
        // The shipped file has one value for everything; this one has a line per name.
        (await SecretsAsync(_checkout.Environment, "", "--init", "--force", "--reason=a test")).ExitCode.ShouldBe(0);
        await SetAsync("a value");
    }

    [TearDown]
    public async Task Remove()
    {
        Directory.Delete(_notes, recursive: true);
        await _checkout.DisposeAsync();
    }

    [Test]
    public async Task WithoutTheProgramSaysWhatNeedsNone()
    {
        var before = File.ReadAllText(SecretsFile);

        var run = await EditAsync(WithoutSops());

        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain("the sops program is not on this machine");
        run.Text.ShouldContain("./build.sh --target=Secrets --environment=sandbox --set=NAME");
        File.ReadAllText(SecretsFile).ShouldBe(before);
    }

    [Test]
    public async Task CallsTheProgramWithTheFileAndTheKeyInItsVariable()
    {
        var identity = File.ReadLines(Path.Combine(_checkout.Root, "environments/sandbox/sandbox.agekey")).Last();
        identity.ShouldStartWith("AGE-SECRET-KEY-");
        var edited = await WithAnotherValueAsync();

        var run = await EditAsync(WithSops(leaves: edited).Add("SOPS_AGE_KEY", identity));

        run.ExitCode.ShouldBe(0, run.Text);
        run.Text.ShouldContain($"{Secrets}: edited");
        run.Text.ShouldNotContain(identity);
        Noted("argv").ShouldBe(["edit", "--input-type", "json", "--output-type", "json", SecretsFile]);
        Noted("names").ShouldContain("SOPS_AGE_KEY");
        Noted("key").ShouldBe([Path.Combine(_checkout.Root, "environments/sandbox/sandbox.agekey")]);
        File.ReadAllText(SecretsFile).ShouldBe(edited);
    }

    [Test]
    public async Task AFileThatItBrokeIsRefusedAndPutBack()
    {
        var before = File.ReadAllText(SecretsFile);

        var run = await EditAsync(WithSops(leaves: $"SANDBOX_EXAMPLE_TOKEN={Plain}\n"));

        run.ExitCode.ShouldBe(1, run.Text);
        run.Text.ShouldContain(
            $"what sops left cannot be used, and the file is put back as it was before: {Secrets}: "
        );
        run.Text.ShouldNotContain(Plain);
        File.ReadAllText(SecretsFile).ShouldBe(before);
    }

    [Test]
    public async Task AValueThatWasExchangedIsNoticed()
    {
        var before = File.ReadAllText(SecretsFile);
        // Each value is sound, and the MAC is the other file's.
        var mixed = Replaced(await WithAnotherValueAsync(), "SANDBOX_EXAMPLE_TOKEN", ValueOf(before));

        var run = await EditAsync(WithSops(leaves: mixed));

        run.ExitCode.ShouldBe(1, run.Text);
        run.Text.ShouldContain("put back as it was before");
        File.ReadAllText(SecretsFile).ShouldBe(before);
    }

    [TestCase(200, 0, "left as it was")]
    [TestCase(100, 1, "sops failed with exit code 100")]
    public async Task ItsExitCodeIsSaid(int exit, int expected, string words)
    {
        var run = await EditAsync(WithSops(leaves: null, exit));

        run.ExitCode.ShouldBe(expected, run.Text);
        run.Text.ShouldContain(words);
    }

    private async Task<string> WithAnotherValueAsync()
    {
        var before = File.ReadAllText(SecretsFile);
        await SetAsync("another value");
        var edited = File.ReadAllText(SecretsFile);
        File.WriteAllText(SecretsFile, before);
        return edited;
    }

    private async Task SetAsync(string value) =>
        (await SecretsAsync(_checkout.Environment, value, "--set=SANDBOX_EXAMPLE_TOKEN")).ExitCode.ShouldBe(0);

    private static string ValueOf(string file) =>
        file.Split('\n').Single(line => line.Contains("\"SANDBOX_EXAMPLE_TOKEN\"", StringComparison.Ordinal));

    private static string Replaced(string file, string name, string line) =>
        string.Join(
            '\n',
            file.Split('\n').Select(one => one.Contains($"\"{name}\"", StringComparison.Ordinal) ? line : one)
        );

    private string[] Noted(string what) => File.ReadAllLines(Path.Combine(_notes, what));

    private ImmutableDictionary<string, string> WithSops(string? leaves, int exit = 0)
    {
        var program = Path.Combine(_notes, "sops");
        File.WriteAllText(program, Sops.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_notes, "exit"), $"{exit}");
        if (leaves is not null)
            File.WriteAllText(Path.Combine(_notes, "left"), leaves);
        return _checkout
            .Environment.Add("SOPS_NOTES", _notes)
            .Add("PATH", _notes + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"));
    }

    private ImmutableDictionary<string, string> WithoutSops() =>
        _checkout.Environment.Add(
            "PATH",
            string.Join(
                Path.PathSeparator,
                Environment
                    .GetEnvironmentVariable("PATH")!
                    .Split(Path.PathSeparator)
                    .Where(folder => !File.Exists(Path.Combine(folder, "sops")))
            )
        );

    private Task<Run> EditAsync(ImmutableDictionary<string, string> environment) =>
        SecretsAsync(environment, "", "--edit");

    private Task<Run> SecretsAsync(
        ImmutableDictionary<string, string> environment,
        string input,
        params string[] arguments
    ) =>
        Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            ["--target=Secrets", "--environment=sandbox", .. arguments],
            environment,
            TimeSpan.FromMinutes(2),
            input
        );
}
