using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

public class TheShippedConfiguration
{
    private readonly ValidConfiguration _shipped = Configuration.Read(SampleTree.Shipped()).Demand();

    [Test]
    public void Has_the_four_environments() =>
        _shipped.Environments.Keys.ShouldBe(["dev", "production", "sandbox", "staging"]);

    [TestCase("refs/heads/feature/new-auth", "dev")]
    [TestCase("refs/heads/feature/a/b", "dev")]
    [TestCase("refs/heads/release/v1.2.0", "staging")]
    [TestCase("refs/heads/main", "production")]
    [TestCase("refs/tags/v1.2.3", "production")]
    [TestCase("refs/tags/api/v1.2.3-rc.1", "production")]
    [TestCase("refs/heads/bugfix/x", null)]
    [TestCase("refs/heads/chore/x", null)]
    [TestCase("refs/heads/maintenance", null)]
    [TestCase("refs/heads/feature", null)]
    [TestCase("refs/heads/feature/$(touch x)", "dev")]
    [TestCase("refs/tags/v1.2.3;id", null)]
    [TestCase("refs/tags/v1.2.3-stable", null)]
    [TestCase("refs/pull/12/merge", null)]
    [TestCase("", null)]
    public void Routes(string gitRef, string? environment) =>
        new BranchRouting(_shipped.Environments.Values).Of(gitRef).Environment.ShouldBe(environment);

    [Test]
    public void Production_rolls_out_as_the_guide_says()
    {
        var production = _shipped.Environment("production");

        production.Rollout.Stages.ShouldBe(new RolloutSettings().Stages);
        production.Rollout.CheckInterval.ShouldBe(TimeSpan.FromSeconds(10));
        production.Health.ShouldBe(new HealthSettings(TimeSpan.FromSeconds(300), 5, TimeSpan.FromSeconds(10)));
        production.RollbackWindow.ShouldBe(TimeSpan.FromMinutes(60));
        production.Backup.ShouldNotBeNull().Store.ShouldBe("s3://azora-backups/prod");
        production.Backup.RetentionDays.ShouldBe(365);
        production.Regions.Select(region => region.Name).ShouldBe(["us-east", "eu-west"]);
        production.Regions[0].CloudMappings["aws"].ShouldBe("us-east-1");
        production.SecretNames.ShouldBe([
            "DOCKER_PASSWORD",
            "DOCKER_USERNAME",
            "PROD_DATABASE_URL",
            "PROD_HOST",
            "PROD_KEY",
            "PROD_USER",
            "SLACK_WEBHOOK",
        ]);
        production
            .Services.Select(service => new Uri(production.PublicUrl!, service.HealthPath).ToString())
            .ShouldBe([
                "https://azora.world/health",
                "https://azora.world/api/health",
                "https://azora.world/auth/health",
                "https://azora.world/api/education/health",
                "https://azora.world/api/marketplace/health",
            ]);
    }

    [Test]
    public void The_sandbox_can_pass_its_canary_stage()
    {
        var rollout = _shipped.Environment(null).Rollout;
        var canary = rollout.Stages[0];

        var expected =
            canary.Duration.TotalSeconds * rollout.SyntheticRequestsPerSecond * canary.TrafficPercentage / 100;

        expected.ShouldBeGreaterThanOrEqualTo(rollout.MinimumRequests);
    }

    [Test]
    public void The_product_builds_every_service()
    {
        var project = _shipped.SubProject(null);

        project
            .Images.Select(image => image.Service)
            .ShouldBe(["api_gateway", "auth", "education", "marketplace", "web"]);
        project.Apk.ShouldNotBeNull().PackageId.ShouldBe("world.azora.sample");
        project.Migrations.ShouldNotBeNull().Folder.ShouldBe("sandbox/migrations");
    }

    /// <summary>The schema's properties at each place are the keys that the reader takes there, no more and no fewer.</summary>
    [TestCase("environment.schema.json", "environments/dev/environment.json")]
    [TestCase("region.schema.json", "environments/dev/regions/us-east/region.json")]
    [TestCase("slipway.schema.json", "slipway.json")]
    public void Schemas_say_what_the_reader_takes(string schemaFile, string file)
    {
        using var schema = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(SampleTree.Root, "environments", schemaFile))
        );

        var errors = Configuration.Read(SampleTree.Small.With(file, Spoilt(schema.RootElement))).Errors;

        var taken = errors
            .Where(error => error.File == file && error.Path.EndsWith("zz", StringComparison.Ordinal))
            .ToDictionary(error => error.Path, error => error.Expected);
        var said = new Dictionary<string, string>();
        Collect(schema.RootElement, "zz", said);
        taken.ShouldBe(said, ignoreOrder: true);
        taken.ShouldNotBeEmpty();
    }

    /// <summary>The shipped files are the reference: whatever the schema knows is shown or mentioned in one of them.</summary>
    [Test]
    public void Every_key_is_shown_in_a_shipped_file()
    {
        var files = string.Concat(
            SampleTree
                .Shipped()
                .Files.Where(file =>
                    file.Key.EndsWith(".json", StringComparison.Ordinal) && !file.Key.Contains("schema")
                )
                .Select(file => System.Text.Encoding.UTF8.GetString(file.Value.Span))
        );
        foreach (var schemaFile in new[] { "environment", "region", "slipway" })
        {
            var schema = File.ReadAllText(Path.Combine(SampleTree.Root, "environments", schemaFile + ".schema.json"));
            using var document = JsonDocument.Parse(schema);
            var said = new Dictionary<string, string>();
            Collect(document.RootElement, "zz", said);
            foreach (var key in said.Values.SelectMany(keys => keys["one of ".Length..].Split(", ")))
                files.ShouldContain(
                    $"\"{key}\"",
                    customMessage: $"{key} of {schemaFile}.schema.json is in no shipped file"
                );
        }
    }

    /// <summary>An object with the unknown key zz at every place where the schema has an object with fixed keys.</summary>
    private static string Spoilt(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var properties))
            return "{}";
        var members = properties
            .EnumerateObject()
            .Select(property => (property.Name, Value: SpoiltValue(property.Value)))
            .Where(member => member.Value is not null)
            .Select(member => $"\"{member.Name}\":{member.Value}");
        return "{" + string.Join(',', members.Append("\"zz\":1")) + "}";
    }

    private static string? SpoiltValue(JsonElement schema) =>
        Fixed(schema) ? Spoilt(schema)
        : schema.TryGetProperty("items", out var items) && Fixed(items) ? $"[{Spoilt(items)}]"
        : null;

    private static void Collect(JsonElement schema, string path, Dictionary<string, string> said)
    {
        var properties = schema.GetProperty("properties").EnumerateObject().ToList();
        said[path] = "one of " + string.Join(", ", properties.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (var property in properties)
        {
            var prefix = Regex.Replace(path, "zz$", property.Name);
            if (Fixed(property.Value))
                Collect(property.Value, prefix + ".zz", said);
            else if (property.Value.TryGetProperty("items", out var items) && Fixed(items))
                Collect(items, prefix + "[0].zz", said);
        }
    }

    private static bool Fixed(JsonElement schema) => schema.TryGetProperty("properties", out _);
}
