using System.Text.Json;
using Npgsql;
using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary><c>terraform/sandbox</c>, applied, destroyed and applied again, with a real PostgreSQL and HAProxy.</summary>
[Parallelizable(ParallelScope.Self)]
public class TerraformOfTheSandbox
{
    private readonly LocalCommandRunner _runner = new();
    private ScratchSandbox _root = null!;
    private string _work = null!;

    [SetUp]
    public void Make()
    {
        _root = new ScratchSandbox();
        _work = _root.At("terraform");
        Directory.CreateDirectory(Path.Combine(_work, "tests"));
        foreach (var file in Directory.EnumerateFiles(Repository.At("terraform", "sandbox"), "*.tf"))
            File.Copy(file, Path.Combine(_work, Path.GetFileName(file)));
        foreach (var file in Directory.EnumerateFiles(Repository.At("terraform", "sandbox", "tests")))
            File.Copy(file, Path.Combine(_work, "tests", Path.GetFileName(file)));
    }

    [TearDown]
    public async Task Remove() => await _root.DisposeAsync();

    [Test]
    public async Task IsFormattedValidAndTested()
    {
        await TerraformAsync("init");
        await TerraformAsync("fmt", "-check", "-recursive");
        await TerraformAsync("validate");
        (await TerraformAsync("test")).Output.ShouldContain("7 passed, 0 failed");
    }

    [Test]
    public async Task ComesUpGoesDownAndComesUpAgain()
    {
        _root.WriteRouter();
        await TerraformAsync("init");

        await ApplyAsync();
        await ShouldServeAsync();
        (await TerraformAsync("output", "database_url")).Output.ShouldContain("\"postgres://slipway:");
        (await OutputsAsync()).GetProperty("database_url").GetProperty("sensitive").GetBoolean().ShouldBeTrue();
        (await PlanAsync()).ShouldBe(0, "nothing is left to change");

        await TerraformAsync("destroy", ["-auto-approve", .. Variables]);
        (await _root.RunAsync("postgres.sh", "status")).ExitCode.ShouldBe(3);
        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(3);
        File.Exists(_root.At("postgres", "data", "PG_VERSION")).ShouldBeTrue("data is never deleted");

        await ApplyAsync();
        await ShouldServeAsync();
        await TerraformAsync("destroy", ["-auto-approve", .. Variables]);
    }

    [Test]
    public async Task PrintsNoPassword()
    {
        _root.WriteRouter();
        await TerraformAsync("init");
        var applied = await ApplyAsync();
        var again = await TerraformAsync("plan", Variables);

        var password = await File.ReadAllTextAsync(_root.At("postgres", "password"));
        (applied.Output + applied.Error + again.Output + again.Error).ShouldNotContain(password);
    }

    private async Task ShouldServeAsync()
    {
        var outputs = await OutputsAsync();
        string Value(string name) => outputs.GetProperty(name).GetProperty("value").ToString();
        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri(Value("public_url")))).ShouldBe("routed");
        Value("router_socket").ShouldBe(_root.At("haproxy", "admin.sock"));

        var url = new Uri(Value("database_url"));
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Value("database_host"),
            Port = int.Parse(Value("database_port")),
            Database = Value("database_name"),
            Username = url.UserInfo.Split(':')[0],
            Password = url.UserInfo.Split(':')[1],
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        connection.Database.ShouldBe("slipway");
    }

    private async Task<JsonElement> OutputsAsync() =>
        JsonDocument.Parse((await TerraformAsync("output", "-json")).Output).RootElement;

    private Task<CommandResult> ApplyAsync() => TerraformAsync("apply", ["-auto-approve", .. Variables]);

    private async Task<int> PlanAsync() =>
        (
            await _runner.RunAsync(
                Terraform("plan", ["-detailed-exitcode", .. Variables]) with
                {
                    SuccessExitCodes = [0, 2],
                }
            )
        ).ExitCode;

    private string[] Variables =>
        [
            $"-var=root={_root.Path}",
            $"-var=scripts={Repository.At("sandbox", "cloud")}",
            $"-var=database_port={_root.DatabasePort}",
            $"-var=http_ports={{default={_root.HttpPort}}}",
        ];

    private Task<CommandResult> TerraformAsync(string verb, params string[] arguments) =>
        _runner.RunAsync(Terraform(verb, arguments));

    private Command Terraform(string verb, string[] arguments) =>
        Command
            .Of(
                "terraform",
                [verb, .. verb is "fmt" ? Array.Empty<string>() : ["-no-color"], .. Inputs(verb), .. arguments]
            )
            .In(_work)
            .With("TF_CLI_CONFIG_FILE", "/dev/null");

    private static string[] Inputs(string verb) =>
        verb is "init" or "plan" or "apply" or "destroy" ? ["-input=false"] : [];
}
