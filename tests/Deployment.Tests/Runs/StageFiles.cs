using System.Reflection;
using System.Text.Json;
using Slipway.Checks;
using Slipway.Outcomes;
using Slipway.Records;
using Slipway.Releases;
using Slipway.Runs;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Runs;

public class StageFiles
{
    private const string Id = "deploy-20251121-103045-abc123";

    private static readonly Release Release = new()
    {
        DeploymentId = Id,
        Version = ProjectVersion.Parse("v1.2.3"),
        CommitSha = new string('a', 40),
        GitRef = "refs/tags/v1.2.3",
        Environment = "sandbox",
        TriggeredBy = "Zoë <zoe@example.com>",
        StartedAt = new DateTimeOffset(2025, 11, 21, 10, 30, 45, TimeSpan.Zero),
        FinishedAt = new DateTimeOffset(2025, 11, 21, 10, 30, 46, TimeSpan.Zero),
    };

    [Test]
    public void Are_written_for_people_and_read_back_the_same()
    {
        var text = StageSerializer.Serialize(Release);

        text.ShouldBe(
            """
            {
              "version": {
                "fullVersion": "v1.2.3",
                "subProjectPath": "",
                "semver": "v1.2.3",
                "major": 1,
                "minor": 2,
                "patch": 3,
                "prerelease": null
              },
              "commitSha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
              "gitRef": "refs/tags/v1.2.3",
              "environment": "sandbox",
              "region": null,
              "previousVersion": null,
              "previousCommitSha": null,
              "triggeredBy": "Zoë <zoe@example.com>",
              "workflowRunId": "local",
              "forceReason": null,
              "sandboxFault": null,
              "schemaVersion": 1,
              "deploymentId": "deploy-20251121-103045-abc123",
              "outcome": "done",
              "reason": null,
              "startedAt": "2025-11-21T10:30:45+00:00",
              "finishedAt": "2025-11-21T10:30:46+00:00",
              "files": {}
            }

            """
        );
        StageSerializer.Serialize(StageSerializer.Deserialize<Release>(text, Id)).ShouldBe(text);
    }

    [Test]
    public void Keep_enums_as_words()
    {
        var checks = new ChecksResult { DeploymentId = Id, Checks = [new("a", CheckStatus.NotApplicable, "b")] };

        var text = StageSerializer.Serialize(checks);

        text.ShouldContain("\"status\": \"notApplicable\"");
        StageSerializer.Deserialize<ChecksResult>(text, Id).Checks.ShouldBe(checks.Checks);
    }

    [Test]
    public void Of_every_length_but_the_whole_are_refused()
    {
        var text = StageSerializer.Serialize(Release).TrimEnd();

        for (var length = 0; length < text.Length; length++)
            Should
                .Throw<PipelineException>(() => StageSerializer.Deserialize<Release>(text[..length], Id))
                .Message.ShouldStartWith($"release.json of {Id} is not whole");
    }

    [Test]
    public void Say_where_they_break_and_how_to_make_them_again()
    {
        var error = Should.Throw<PipelineException>(() =>
            StageSerializer.Deserialize<Release>("{\n  \"version\": ", Id)
        );

        error
            .Explain()
            .ShouldBe(
                $"""
                release.json of {Id} is not whole (line 2, column 14)
                  expected: the file as the stage wrote it
                  next: ./build.sh --target=ValidateRelease --exclusive --deployment-id={Id}
                """
            );
    }

    [TestCase("\"schemaVersion\": 1", "\"schemaVersion\": 2", "has the schema version 2")]
    [TestCase("\"schemaVersion\": 1", "\"schemaVersion\": \"1\"", "has the schema version \\\"1\\\"")]
    [TestCase(
        "deploy-20251121-103045-abc123",
        "deploy-20251121-103045-ffffff",
        "belongs to the deployment \"deploy-20251121-103045-ffffff\""
    )]
    [TestCase("\"gitRef\": \"refs/tags/v1.2.3\"", "\"gitRef\": null", "is not whole")]
    [TestCase("\"gitRef\": \"refs/tags/v1.2.3\",", "", "is not whole")]
    [TestCase("\"fullVersion\": \"v1.2.3\"", "\"fullVersion\": \"v1.2.3;id\"", "is not whole")]
    [TestCase("\"outcome\": \"done\"", "\"outcome\": \"great\"", "is not whole")]
    [TestCase("\"region\": null", "\"region\": null, \"region\": \"us-east\"", "is not whole")]
    public void That_were_changed_are_refused(string old, string replacement, string problem)
    {
        var text = StageSerializer.Serialize(Release);
        text.ShouldContain(old);

        Should
            .Throw<PipelineException>(() => StageSerializer.Deserialize<Release>(text.Replace(old, replacement), Id))
            .Message.ShouldStartWith($"release.json of {Id} {problem}");
    }

    [TestCase("\"fullVersion\": \"v1.2.3\"", "\"fullVersion\": \"\\ud800\"")]
    [TestCase("\"gitRef\": \"refs/tags/v1.2.3\"", "\"gitRef\": \"\\ud800\"")]
    [TestCase("\"deploymentId\": \"deploy", "\"deploymentId\": \"\\ud800")]
    public void With_half_a_character_are_refused(string old, string replacement) =>
        That_were_changed_are_refused(old, replacement, "is not whole");

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("\"x\"")]
    public void That_are_something_else_are_refused(string text) =>
        Should.Throw<PipelineException>(() => StageSerializer.Deserialize<Release>(text, Id));

    [Test]
    public void Of_a_record_keep_the_names_of_the_guide()
    {
        var record = new DeploymentRecord
        {
            DeploymentId = Id,
            Timestamp = Release.StartedAt,
            Version = "v1.2.3",
            Environment = "production",
            Status = "success",
            GitSha = Release.CommitSha,
            GitRef = Release.GitRef,
            TriggeredBy = "me",
            ServicesDeployed = ["web"],
            RolloutStages = [],
            HealthChecks = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
        };

        using var document = JsonDocument.Parse(StageSerializer.Serialize(record));

        var names = document.RootElement.EnumerateObject().Select(member => member.Name).ToList();
        foreach (
            var name in new[]
            {
                "timestamp",
                "deployment_id",
                "version",
                "environment",
                "status",
                "git_sha",
                "git_ref",
                "triggered_by",
                "services_deployed",
                "database_backup",
                "migrations_applied",
                "rollout_stages",
                "health_checks",
                "rollback_available",
                "rollback_window_minutes",
                "rollback_deadline",
            }
        )
            names.ShouldContain(name);
        StageSerializer.Deserialize<DeploymentRecord>(StageSerializer.Serialize(record), Id).RecordedId.ShouldBe(Id);
    }

    [Test]
    public void Are_all_in_the_plan_once_and_after_what_they_need()
    {
        var files = typeof(StageOutput)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(StageOutput)) && typeof(IStageFile).IsAssignableFrom(type))
            .Where(type => type != typeof(Slipway.Backups.RestoreResult)) // of a restore, which no deployment contains
            .Select(type =>
                (string)type.GetProperty("FileName", BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!
            );
        RunPlan.Stages.Select(stage => stage.FileName).ShouldBe(files, ignoreOrder: true);

        var seen = new HashSet<string>();
        foreach (var stage in RunPlan.Stages)
        {
            stage.Needs.ShouldAllBe(need => seen.Contains(need), stage.Name);
            seen.Add(stage.Name).ShouldBeTrue();
        }
    }
}
