using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Tests;

/// <summary>Two deployments, users who write in between and after, and the restore of what the second one backed up.</summary>
[Order(3)]
public sealed class RestoringTheDatabase
{
    private Checkout _checkout = null!;
    private HttpClient _client = null!;
    private string _id = null!;
    private string _before = null!;
    private string _after = null!;
    private string _third = null!;

    [OneTimeSetUp]
    public async Task DeployWriteDeployAndWriteMore()
    {
        _checkout = (await Checkout.CreateAsync()).WithShortStages();
        var first = await _checkout.BuildAsync("--target=Deploy");
        first.ExitCode.ShouldBe(0, first.Text);
        var outputs = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_checkout.LatestRun(), "deploy", "outputs.json"))
        )!;
        _client = new HttpClient
        {
            BaseAddress = new Uri(outputs["outputs"]!["public_url"]!.GetValue<string>()),
            Timeout = TimeSpan.FromSeconds(10),
        };
        await SignInAsync();
        var courses = await CoursesAsync();
        await EnrolAsync(courses[0]);
        _before = await EnrolmentsAsync();

        _checkout.Commit("Change something");
        var second = await _checkout.BuildAsync("--target=Deploy");
        second.ExitCode.ShouldBe(0, second.Text);
        _id = Path.GetFileName(_checkout.LatestRun());
        await EnrolAsync(courses[1]);
        _after = await EnrolmentsAsync();
        _after.ShouldNotBe(_before);
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        _client.Dispose();
        await _checkout.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task IsRefusedWhileUsersAreInItAndNobodySaysWhy()
    {
        var run = await _checkout.BuildAsync("--target=RestoreDatabase", "--deployment-id=" + _id);

        run.ExitCode.ShouldNotBe(0);
        run.Text.ShouldContain("the database is in use");
        run.Text.ShouldContain("--force --reason");
        (await EnrolmentsAsync()).ShouldBe(_after);
    }

    [Test, Order(1)]
    public async Task AsksWhichBackupAndNamesThoseThatThereAre()
    {
        var run = await _checkout.BuildAsync("--target=RestoreDatabase");

        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain($"backup-{_id}");
    }

    [Test, Order(2)]
    public async Task BringsTheRowsBackAsTheyWereAndTheServicesKeepAnswering()
    {
        var run = await _checkout.BuildAsync(
            "--target=RestoreDatabase",
            "--deployment-id=" + _id,
            "--force",
            "--reason=the second release wrote nonsense"
        );

        run.ExitCode.ShouldBe(0, run.Text);
        // The very first request after it: connections that were cut are made anew.
        (await EnrolmentsAsync()).ShouldBe(_before);
        var result = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_checkout.Runs, _id, "restore", "restore.json"))
        )!;
        result["replacedDatabase"]!.GetValue<string>().ShouldContain("_replaced_");
        result["forceReason"]!.GetValue<string>().ShouldBe("the second release wrote nonsense");
        result["rowsCompared"]!.GetValue<long>().ShouldBePositive();
        run.Text.ShouldContain(result["replacedDatabase"]!.GetValue<string>());
        await RunAsPrintedAsync(run.Text);
    }

    [Test, Order(3)]
    public async Task StandsInTheLedgerBetweenTheDeployments()
    {
        var names = _checkout.Git("ls-remote", _checkout.Remote, "refs/deployments/sandbox/restore-*");
        names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => !line.EndsWith("^{}")).ShouldBe(1);

        var status = await _checkout.BuildAsync("--target=Status", "--environment=sandbox", "--verify");
        status.ExitCode.ShouldBe(0, status.Text);
        status.Text.ShouldContain($"backup-{_id}");
        status.Text.ShouldContain("the second release wrote nonsense");
        var queue = await _checkout.BuildAsync("--target=Queue", "--environment=sandbox");
        queue.ExitCode.ShouldBe(0, queue.Text);
        queue.Text.ShouldNotContain("restore-");
    }

    [Test, Order(4)]
    public async Task LetsUsersWriteAgainAndTheNextDeploymentIsMadeWithABackupOfTheOtherFormat()
    {
        await EnrolAsync((await CoursesAsync())[1]);
        _third = await EnrolmentsAsync();
        _checkout.Replace(
            "environments/sandbox/environment.json",
            "\"store\": \"file:backups\"",
            "\"store\": \"file:backups\", \"format\": \"directory\""
        );
        _checkout.Commit("Repair it");
        var third = await _checkout.BuildAsync("--target=Deploy");

        third.ExitCode.ShouldBe(0, third.Text);
        _third.ShouldContain((await CoursesAsync())[1]);
        (await EnrolmentsAsync()).ShouldBe(_third);
        var backup = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_checkout.LatestRun(), "backup", "backup.json"))
        )!;
        backup["location"]!.GetValue<string>().ShouldEndWith(".dir.tar");
        backup["format"]!.GetValue<string>().ShouldBe("directory");
        backup["proof"]!["passed"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test, Order(5)]
    public async Task IsSaidLoudlyWhereTheLedgerDoesNotTakeItAndTheRollbackIsWrittenDown()
    {
        var hook = Path.Combine(_checkout.Remote, "hooks", "update");
        await EnrolAsync((await CoursesAsync())[2]);
        (await EnrolmentsAsync()).ShouldNotBe(_third);
        await File.WriteAllTextAsync(hook, "#!/bin/sh\ncase $1 in */restore-*) exit 1 ;; esac\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var run = await _checkout.BuildAsync(
            "--target=Rollback",
            "--restore-database",
            "--yes",
            "--reason=the third release is wrong, too"
        );

        run.ExitCode.ShouldBe(1, run.Text);
        run.Text.ShouldContain("again, but the ledger does not say so");
        var folder = _checkout.LatestRun();
        File.Exists(Path.Combine(folder, "restore", "restore.json")).ShouldBeTrue();
        (await EnrolmentsAsync()).ShouldBe(_third);
        var record = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "record.json")))!;
        _checkout.RemoteTags()["sandbox"].ShouldBe(record["git_sha"]!.GetValue<string>());
        _checkout
            .Git("ls-remote", _checkout.Remote, "refs/deployments/sandbox/*")
            .ShouldContain($"refs/deployments/sandbox/{Path.GetFileName(folder)}");
    }

    // What a person copies from the terminal, as it stands.
    private async Task RunAsPrintedAsync(string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).ToArray();
        var commands = lines
            .Where(line => line.StartsWith("createdb ", StringComparison.Ordinal) || line.Contains("| gunzip |"))
            .ToArray();
        commands.Length.ShouldBe(2, text);
        var password = await File.ReadAllTextAsync(Path.Combine(_checkout.SandboxRoot, "postgres", "password"));
        foreach (var command in commands)
        {
            var done = await Checkout.RunAsync(
                "bash",
                "/",
                ["-o", "pipefail", "-c", command],
                ImmutableDictionary<string, string>.Empty.Add("PGPASSWORD", password.Trim()),
                TimeSpan.FromMinutes(2)
            );
            done.ExitCode.ShouldBe(0, $"{command}\n{done.Text}");
        }
    }

    private async Task SignInAsync()
    {
        using var answer = await _client.PostAsJsonAsync("auth/anonymous", new { test_user = true });
        answer.EnsureSuccessStatusCode();
        var token = (await ReadAsync(answer))["token"]!.GetValue<string>();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private async Task<string[]> CoursesAsync()
    {
        using var answer = await _client.GetAsync("api/education/courses");
        answer.EnsureSuccessStatusCode();
        return
        [
            .. (await ReadAsync(answer))["courses"]!.AsArray().Select(course => course!["slug"]!.GetValue<string>()),
        ];
    }

    private async Task EnrolAsync(string course)
    {
        using var answer = await _client.PostAsJsonAsync("api/education/enrolments", new { course });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string> EnrolmentsAsync()
    {
        using var answer = await _client.GetAsync("api/education/enrolments");
        answer.EnsureSuccessStatusCode();
        return (await ReadAsync(answer)).ToJsonString();
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
