using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Slipway.Tools.Tests;

namespace Slipway.EndToEnd.Tests;

/// <summary>Two deployments whose backups go to a server that speaks S3, with keys that only secrets.enc knows.</summary>
[Order(3)]
public sealed class BackupsInABucket
{
    private const string KeyId = "AKIDOFTHESANDBOX";
    private const string Key = "9f1c5e7a2b4d6f8091a3b5c7d9e1f3a5";
    private const string Configuration = "environments/sandbox/environment.json";

    private LocalS3 _server = null!;
    private Checkout _checkout = null!;
    private string _id = null!;

    [OneTimeSetUp]
    public async Task DeployTwice()
    {
        _server = new LocalS3();
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        _checkout.Replace(
            Configuration,
            "\"backup\": { \"store\": \"file:backups\" }",
            $$"""
            "backup": { "store": "s3://backups/some/prefix", "endpoint": "{{_server.Endpoint.OriginalString}}",
              "region": "us-east-1", "accessKeySecret": "BACKUP_KEY_ID", "secretKeySecret": "BACKUP_KEY" }
            """
        );
        _checkout.Replace(
            Configuration,
            "\"secretNames\": [\"SANDBOX_EXAMPLE_TOKEN\"]",
            "\"secretNames\": [\"SANDBOX_EXAMPLE_TOKEN\", \"BACKUP_KEY_ID\", \"BACKUP_KEY\"]"
        );
        await SetAsync("BACKUP_KEY_ID", KeyId);
        await SetAsync("BACKUP_KEY", Key);
        _checkout.Commit("Back up to a bucket");
        await DoneAsync("--target=Deploy");
        _checkout.Commit("Change something");
        await DoneAsync("--target=Deploy");
        _id = Path.GetFileName(_checkout.LatestRun());
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        await _checkout.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test, Order(1)]
    public void StandThereWithTheirMetadataSignedWithTheKeyOfTheSecrets()
    {
        _server.Keys.ShouldBe([$"some/prefix/sandbox/backup-{_id}.json", $"some/prefix/sandbox/backup-{_id}.sql.gz"]);
        _server.Signers.Keys.ShouldBe([KeyId]);
        _server[$"some/prefix/sandbox/backup-{_id}.sql.gz"]
            .Headers["x-amz-tagging"]
            .ShouldContain($"slipway-deployment={_id}");
    }

    [Test, Order(1)]
    public async Task AreReadByAnotherProgram()
    {
        var backup = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_checkout.Runs, _id, "backup", "backup.json"))
        )!;
        var target = Path.Combine(_checkout.SandboxRoot, "by-aws.sql.gz");
        var read = await Checkout.RunAsync(
            "aws",
            "/",
            [
                "s3",
                "cp",
                backup["location"]!.GetValue<string>(),
                target,
                "--endpoint-url",
                _server.Endpoint.OriginalString,
            ],
            ImmutableDictionary<string, string>
                .Empty.Add("AWS_ACCESS_KEY_ID", KeyId)
                .Add("AWS_SECRET_ACCESS_KEY", Key)
                .Add("AWS_DEFAULT_REGION", "us-east-1"),
            TimeSpan.FromMinutes(1)
        );

        read.ExitCode.ShouldBe(0, read.Text);
        Convert
            .ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(target)))
            .ShouldBe(backup["objectSha256"]!.GetValue<string>());
    }

    [Test, Order(2)]
    public async Task AreRestoredFromThere()
    {
        var run = await DoneAsync(
            "--target=RestoreDatabase",
            "--deployment-id=" + _id,
            "--force",
            "--reason=the second release wrote nonsense"
        );

        run.Text.ShouldContain($"is backup-{_id} again");
        run.Text.ShouldContain("aws s3 cp s3://backups/some/prefix/sandbox/");
    }

    [Test, Order(3)]
    public async Task EndTheBackupStageWhereTheServerDoesNotTakeThem()
    {
        _server.Fault = request => request.HttpMethod == "PUT" ? 500 : null;
        _checkout.Commit("Change more");
        var run = await _checkout.BuildAsync("--target=Deploy");
        _server.Fault = _ => null;

        run.ExitCode.ShouldNotBe(0);
        run.Text.ShouldContain("s3://backups does not take");
        run.Text.ShouldContain("aws s3 ls s3://backups/some/prefix/");
        _server.Keys.Count().ShouldBe(2);
        File.Exists(Path.Combine(_checkout.LatestRun(), "migration", "migration.json")).ShouldBeFalse();
    }

    [Test, Order(4)]
    public void AndTheKeyIsInNoFileOfARun() =>
        Directory
            .EnumerateFiles(_checkout.Runs, "*", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains(Key, StringComparison.Ordinal))
            .ShouldBeEmpty();

    private async Task SetAsync(string name, string value)
    {
        var run = await Checkout.RunAsync(
            Path.Combine(_checkout.Root, "build.sh"),
            _checkout.Root,
            ["--target=Secrets", "--environment=sandbox", "--set=" + name],
            _checkout.Environment,
            TimeSpan.FromMinutes(2),
            value
        );
        run.ExitCode.ShouldBe(0, run.Text);
    }

    private async Task<Run> DoneAsync(params string[] arguments)
    {
        var run = await _checkout.BuildAsync(arguments);
        run.ExitCode.ShouldBe(0, run.Text);
        run.Text.ShouldNotContain(Key);
        return run;
    }
}
