using System.Text;
using Slipway.Environments;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests.Environments;

/// <summary>Each mistake alone, and the exact line that it gives.</summary>
public class BadConfiguration
{
    private const string File = SampleTree.DevFile;

    [Test]
    public void The_small_sample_has_none() => SampleTree.ErrorsOf(SampleTree.Small).ShouldBeEmpty();

    [TestCase("\"name\": \"dev\"", "\"name\": \"qa\"", "name: is \"qa\", expected the name of its folder, \"dev\"")]
    [TestCase(
        "\"name\": \"dev\"",
        "\"name\": \"Dev\"",
        "name: is \"Dev\", expected a name like \"staging\" ([a-z][a-z0-9-]*)"
    )]
    [TestCase(
        "\"name\": \"dev\"",
        "\"name\": 7",
        "name: is a number, expected a name like \"staging\" ([a-z][a-z0-9-]*)"
    )]
    [TestCase("\"name\": \"dev\",", "", "name: is missing, expected a name like \"staging\" ([a-z][a-z0-9-]*)")]
    [TestCase(
        "\"process\"",
        "\"proces\"",
        "engine: is \"proces\", expected one of docker, kubernetes, process, terraform (did you mean process?)"
    )]
    [TestCase(
        "\"feature/*\"",
        "\"a..b\"",
        "branches[0]: is \"a..b\", expected a branch name or pattern like \"release/*\""
    )]
    [TestCase("\"feature/*\"", "\"x\", \"x\"", "branches[1]: \"x\" stands here twice, expected each once")]
    [TestCase(
        "[\"feature/*\"]",
        "\"feature/*\"",
        "branches: is text, expected a list, each a branch name or pattern like \"release/*\""
    )]
    [TestCase(
        "\"/health\"",
        "\"health\"",
        "services[0].healthPath: is \"health\", expected a path that starts with \"/\", without spaces, \"..\", query and fragment"
    )]
    [TestCase(
        "\"/health\"",
        "\"/../health\"",
        "services[0].healthPath: is \"/../health\", expected a path that starts with \"/\", without spaces, \"..\", query and fragment"
    )]
    [TestCase(
        "[{ \"name\": \"web\", \"healthPath\": \"/health\" }]",
        "[]",
        "services: is empty, expected at least one service"
    )]
    [TestCase(
        "[{ \"name\": \"web\", \"healthPath\": \"/health\" }]",
        "[1]",
        "services[0]: is a number, expected an object"
    )]
    public void In_what_is_there(string old, string replacement, string error) =>
        SampleTree.ErrorsOf(SampleTree.WithDev(old, replacement)).ShouldContain($"{File}: {error}");

    [TestCase(
        "\"isProdction\": true",
        "isProdction: is an unknown key, expected one of $schema, backup, branches, criticalEndpoints, database, engine, freezeWindows, health, isProduction, name, notifications, publicUrl, registry, requiredChecks, requiresApproval, rollbackWindow, rollout, secretNames, secretRecipients, services, terraform, versionTags (did you mean isProduction?)"
    )]
    [TestCase("\"engine\": \"docker\"", "engine: stands here twice, expected each key once")]
    [TestCase("\"rollbackWindow\": \"0s\"", "rollbackWindow: is \"0s\", expected more than 0s, at most 30d")]
    [TestCase(
        "\"rollbackWindow\": \"60\"",
        "rollbackWindow: is \"60\", expected a duration like \"10s\", \"5m\" or \"1h30m\""
    )]
    [TestCase(
        "\"rollbackWindow\": 60",
        "rollbackWindow: is a number, expected a duration like \"10s\", \"5m\" or \"1h30m\""
    )]
    [TestCase("\"isProduction\": \"yes\"", "isProduction: is text, expected true or false")]
    [TestCase(
        "\"isProduction\": true",
        "requiresApproval: is false, expected true: a production environment needs approval"
    )]
    [TestCase(
        "\"isProduction\": true, \"requiresApproval\": true",
        "engine: is process, which runs on this machine, expected docker, terraform or kubernetes for production"
    )]
    [TestCase(
        "\"publicUrl\": \"ftp://x\"",
        "publicUrl: is not such a URL, expected a URL like \"https://example.com\" (or http://) without user, query and fragment"
    )]
    [TestCase(
        "\"publicUrl\": \"https://user:hunter2@x\"",
        "publicUrl: is not such a URL, expected a URL like \"https://example.com\" (or http://) without user, query and fragment"
    )]
    [TestCase(
        "\"registry\": \"https://docker.io\"",
        "registry: is \"https://docker.io\", expected a registry like \"127.0.0.1:5000\" or \"docker.io/azora\", without https://"
    )]
    [TestCase(
        "\"terraform\": { \"layer\": \"../etc\" }",
        "terraform.layer: is \"../etc\", expected the name of a folder under terraform/"
    )]
    [TestCase(
        "\"terraform\": { \"layer\": \"aws\", \"backend\": \"gcs\" }",
        "terraform.backend: is \"gcs\", expected one of http, local, pg, s3"
    )]
    [TestCase(
        "\"terraform\": { \"layer\": \"aws\", \"backend\": \"s3\", \"backendConfig\": { \"bucket\": \"b\", \"key\": \"k\" } }",
        "terraform.backendConfig.region: is missing, expected bucket, key and region for the backend s3"
    )]
    [TestCase(
        "\"terraform\": { \"layer\": \"aws\", \"backendConfig\": { \"secret_key\": \"hunter2\" } }",
        "terraform.backendConfig.secret_key: names a secret, expected credentials from the login of the run, never from a file"
    )]
    [TestCase(
        "\"terraform\": { \"layer\": \"aws\", \"variablesFile\": \"../x.tfvars\" }",
        "terraform.variablesFile: is \"../x.tfvars\", expected a path inside the repository, with forward slashes and without \"..\""
    )]
    [TestCase(
        "\"terraform\": { \"layer\": \"aws\", \"variablesFile\": \"build/x.tfvars\" }",
        "terraform.variablesFile: is \"build/x.tfvars\", expected a path inside terraform/ or environments/"
    )]
    [TestCase(
        "\"database\": {}",
        "database: does not say where the connection URL is, expected either urlSecret or urlOutput"
    )]
    [TestCase(
        "\"database\": { \"urlSecret\": \"DB\" }",
        "database.urlSecret: DB is not declared, expected a name that stands in secretNames"
    )]
    [TestCase(
        "\"database\": { \"urlSecret\": \"postgres://u:hunter2@h/d\" }",
        "database.urlSecret: is not one, expected a name like \"PROD_DATABASE_URL\" ([A-Z][A-Z0-9_]*)"
    )]
    [TestCase(
        "\"database\": { \"urlOutput\": \"url\" }",
        "database.urlOutput: needs Terraform, expected a terraform section whose layer has this output"
    )]
    [TestCase(
        "\"database\": { \"urlOutput\": \"url\" }",
        "backup: is missing, expected a store: nothing is migrated without a backup"
    )]
    [TestCase(
        "\"backup\": { \"store\": \"/var/backups\" }",
        "backup.store: is \"/var/backups\", expected \"file:<folder>\" or \"s3://<bucket>/<prefix>\""
    )]
    [TestCase(
        "\"backup\": { \"store\": \"file:../x\" }",
        "backup.store: is \"file:../x\", expected \"file:<folder>\" or \"s3://<bucket>/<prefix>\""
    )]
    [TestCase(
        "\"backup\": { \"store\": \"s3://b-1/x\", \"retentionDays\": 0 }",
        "backup.retentionDays: is 0, expected a whole number from 1 to 36500"
    )]
    [TestCase(
        "\"backup\": { \"store\": \"s3://b-1/x\", \"retentionDays\": 1.5 }",
        "backup.retentionDays: is 1.5, expected a whole number from 1 to 36500"
    )]
    [TestCase(
        "\"rollout\": { \"stages\": [] }",
        "rollout.stages: is empty, expected at least one stage, the last one with 100 percent"
    )]
    [TestCase(
        "\"rollout\": { \"stages\": [{ \"name\": \"a\", \"trafficPercentage\": 50, \"duration\": \"1m\" }] }",
        "rollout.stages[0].trafficPercentage: is 50, expected 100 in the last stage"
    )]
    [TestCase(
        "\"rollout\": { \"stages\": [{ \"name\": \"a\", \"trafficPercentage\": 50, \"duration\": \"1m\" }, { \"name\": \"a\", \"trafficPercentage\": 20, \"duration\": \"1m\" }] }",
        "rollout.stages[1].trafficPercentage: is 20, expected more than 50, the percentage of the stage before"
    )]
    [TestCase(
        "\"rollout\": { \"stages\": [{ \"name\": \"a\", \"trafficPercentage\": 50, \"duration\": \"1m\" }, { \"name\": \"a\", \"trafficPercentage\": 100, \"duration\": \"1m\" }] }",
        "rollout.stages[1].name: \"a\" is also the name of rollout.stages[0], expected each name once"
    )]
    [TestCase(
        "\"rollout\": { \"stages\": [{ \"name\": \"a\", \"trafficPercentage\": 0, \"duration\": \"1s\" }] }",
        "rollout.stages[0].trafficPercentage: is 0, expected a whole number from 1 to 100"
    )]
    [TestCase(
        "\"rollout\": { \"stages\": [{ \"name\": \"a\", \"trafficPercentage\": 100, \"duration\": \"1s\" }] }",
        "rollout.stages[0].duration: is 1s, expected at least one checkInterval (10s)"
    )]
    [TestCase(
        "\"rollout\": { \"falseAbortProbability\": 0 }",
        "rollout.falseAbortProbability: is 0, expected a number above 0, at most 0.5"
    )]
    [TestCase(
        "\"rollout\": { \"warmUp\": { \"requests\": 10 } }",
        "rollout.warmUp.requests: is 10, expected 0 (no warm-up), or at least 80: fewer do not show that latency has settled"
    )]
    [TestCase("\"health\": { \"timeout\": \"1s\" }", "health.interval: is 10s, expected at most health.timeout (1s)")]
    [TestCase(
        "\"freezeWindows\": [{ \"name\": \"x\" }]",
        "freezeWindows[0].name: has a window that is neither once nor weekly, expected either from and to, or days, dailyFrom and dailyTo"
    )]
    [TestCase(
        "\"freezeWindows\": [{ \"name\": \"x\", \"from\": \"2026-12-24T00:00:00Z\" }]",
        "freezeWindows[0].to: is missing, expected an instant"
    )]
    [TestCase(
        "\"freezeWindows\": [{ \"name\": \"x\", \"from\": \"2026-12-24T00:00:00Z\", \"to\": \"2026-12-23T00:00:00Z\" }]",
        "freezeWindows[0].to: is not after from, expected an instant after from"
    )]
    [TestCase(
        "\"freezeWindows\": [{ \"name\": \"x\", \"days\": [\"fryday\"], \"dailyFrom\": \"25:00\", \"dailyTo\": \"06:00\" }]",
        "freezeWindows[0].dailyFrom: is \"25:00\", expected a time of day like \"16:00\" (UTC)"
    )]
    [TestCase(
        "\"notifications\": { \"slackWebhookSecret\": \"https://hooks.slack.com/hunter2\" }",
        "notifications.slackWebhookSecret: is not one, expected a name like \"PROD_DATABASE_URL\" ([A-Z][A-Z0-9_]*)"
    )]
    [TestCase(
        "\"secretNames\": [\"a b\"]",
        "secretNames[0]: is not one, expected a name like \"PROD_DATABASE_URL\" ([A-Z][A-Z0-9_]*)"
    )]
    public void In_what_is_added(string members, string error)
    {
        var errors = SampleTree.ErrorsOf(SampleTree.WithDev(members)).ToList();

        errors.ShouldContain($"{File}: {error}");
        errors.ShouldAllBe(line => !line.Contains("hunter2"));
    }

    [TestCase("\"engine\": \"terraform\"", new[] { "publicUrl", "registry", "terraform" })]
    [TestCase("\"engine\": \"kubernetes\"", new[] { "publicUrl", "registry" })]
    [TestCase("\"engine\": \"docker\"", new string[0])]
    public void In_what_an_engine_needs(string engine, string[] missing) =>
        Configuration
            .Read(SampleTree.WithDev("\"engine\": \"process\"", engine))
            .Errors.Select(error => error.Path)
            .ShouldBe(missing);

    [Test]
    public void In_services_that_stand_on_each_other()
    {
        var tree = SampleTree.WithDev(
            "[{ \"name\": \"web\", \"healthPath\": \"/health\" }]",
            """
            [{ "name": "web", "healthPath": "/health", "routes": ["/"] },
             { "name": "web", "healthPath": "/health", "routes": ["/api"] },
             { "name": "auth", "healthPath": "/apis/health", "routes": ["/api"] }]
            """
        );

        SampleTree
            .ErrorsOf(tree)
            .ShouldBe(
                [
                    $"{File}: services[1].healthPath: \"/health\" is also the health path of services[0], expected a path of its own for each service",
                    $"{File}: services[1].healthPath: \"/health\" is routed to services[0], expected a path below a route of the service itself",
                    $"{File}: services[1].name: \"web\" is also the name of services[0], expected each name once",
                    $"{File}: services[2].healthPath: \"/apis/health\" is routed to services[0], expected a path below a route of the service itself",
                    $"{File}: services[2].routes: \"/api\" goes to services[1] already, expected each route once",
                ],
                ignoreOrder: true
            );
    }

    [Test]
    public void In_secrets_that_a_service_may_not_have()
    {
        var dev = SampleTree.Dev.Replace(
            "\"healthPath\": \"/health\" }",
            "\"healthPath\": \"/health\", \"secrets\": [\"STORE_ID\", \"STORE_KEY\", \"NOBODYS\", \"DATABASE_URL\", \"OWN\"] }"
        );
        var tree = SampleTree.Small.With(
            File,
            dev.TrimEnd()[..^1]
                + """
                , "secretNames": ["OWN", "STORE_ID", "STORE_KEY"],
                "backup": { "store": "s3://b-1/x", "accessKeySecret": "STORE_ID", "secretKeySecret": "STORE_KEY" } }
                """
        );

        SampleTree
            .ErrorsOf(tree)
            .ShouldBe(
                [
                    $"{File}: services[0].secrets: DATABASE_URL is set by the pipeline, expected another name",
                    $"{File}: services[0].secrets: NOBODYS is not declared, expected a name that stands in secretNames",
                    $"{File}: services[0].secrets: STORE_ID opens the backup store, expected a secret of the service's own",
                    $"{File}: services[0].secrets: STORE_KEY opens the backup store, expected a secret of the service's own",
                ],
                ignoreOrder: true
            );
    }

    [Test]
    public void Of_production_that_is_not_guarded()
    {
        var tree = SampleTree
            .Small.With(
                "environments/production/environment.json",
                SampleTree.Dev.Replace("dev", "production").Replace("feature", "hotfix")
            )
            .With("environments/production/secrets.enc", SampleTree.Encrypted);

        SampleTree
            .ErrorsOf(tree)
            .ShouldBe([
                "environments/production/environment.json: isProduction: is false, expected true: the environment production is a production environment",
                "environments/production/environment.json: requiresApproval: is false, expected true: a production environment needs approval",
            ]);
    }

    [Test]
    public void Is_reported_for_all_files_at_once_and_by_exit_code_2()
    {
        var tree = SampleTree
            .Small.With(File, "{ \"name\": \"dev\", \"nam\": 1 ")
            .With("environments/dev/secrets.enc", "PASSWORD=hunter2\n")
            .With("environments/dev/regions/us-east/region.json", "{ \"name\": \"us-west\", \"cloudMappings\": {} }")
            .With("environments/dev/regions/USA/region.json", "{}")
            .WithFolder("environments/Staging")
            .WithFolder("environments/qa")
            .With("slipway.json", "[]");

        var error = Should.Throw<ConfigurationException>(() => Configuration.Read(tree).Demand());

        error.ExitCode.ShouldBe(ExitCode.Usage);
        error.Message.ShouldBe(
            """
            the configuration has 9 errors:
              environments/Staging: (file): has a name that is no environment's, expected a name like "staging" ([a-z][a-z0-9-]*)
              environments/dev/environment.json: line 1, column 27: is not JSON: Expected depth to be zero at the end of the JSON payload, expected whole JSON (comments are allowed)
              environments/dev/regions/USA: (file): has a name that is no region's, expected a region like "us-east" ([a-z]{2}-[a-z]+)
              environments/dev/regions/us-east/region.json: cloudMappings: is empty, expected at least one cloud, e.g. { "aws": "us-east-1" }
              environments/dev/regions/us-east/region.json: name: is "us-west", expected the name of its folder, "us-east"
              environments/dev/secrets.enc: (file): is plain text, expected a file encrypted by SOPS for age recipients
              environments/qa/environment.json: (file): is missing, expected a JSON file there
              environments/qa/secrets.enc: (file): is missing, expected a file encrypted by SOPS for age recipients
              slipway.json: (file): is a list, expected an object
            """
        );
    }

    [Test]
    public void Does_not_hide_the_environments_that_are_good()
    {
        var result = Configuration.Read(SampleTree.Small.WithFolder("environments/qa"));

        result.IsValid.ShouldBeFalse();
        result.Environments.Keys.ShouldBe(["dev"]);
        result.Product.ShouldNotBeNull();
    }

    [Test]
    public void In_two_environments_that_claim_the_same()
    {
        var tree = SampleTree
            .WithDev("\"versionTags\": true")
            .With(
                "environments/qa/environment.json",
                SampleTree
                    .Dev.Replace("dev", "qa")
                    .Replace("\"feature/*\"", "\"main\", \"*/login\"")
                    .Replace("\"engine\"", "\"versionTags\": true, \"engine\"")
            )
            .With("environments/qa/secrets.enc", SampleTree.Encrypted);

        SampleTree
            .ErrorsOf(tree)
            .ShouldBe([
                "environments/qa/environment.json: branches[1]: \"*/login\" overlaps \"feature/*\" of dev, expected each branch in one environment",
                "environments/qa/environment.json: versionTags: is true, as in dev, expected version tags in one environment",
            ]);
    }

    [Test]
    public void A_regions_own_stages_are_held_to_the_same_rules()
    {
        const string file = "environments/dev/regions/us-east/region.json";
        var tree = SampleTree.Small.With(
            file,
            """
            { "name": "us-east", "cloudMappings": { "aws": "us-east-1" }, "rollout": { "checkInterval": "1s", "stages": [
              { "name": "half", "trafficPercentage": 50, "duration": "1s" },
              { "name": "less", "trafficPercentage": 40, "duration": "1m" } ] } }
            """
        );

        SampleTree
            .ErrorsOf(tree)
            .ShouldBe([
                $"{file}: rollout.checkInterval: is an unknown key, expected one of stages",
                $"{file}: rollout.stages[0].duration: is 1s, expected at least one checkInterval (10s)",
                $"{file}: rollout.stages[1].trafficPercentage: is 40, expected more than 50, the percentage of the stage before",
                $"{file}: rollout.stages[1].trafficPercentage: is 40, expected 100 in the last stage",
            ]);
    }

    [Test]
    public void With_no_file_at_all_says_what_is_needed() =>
        SampleTree
            .ErrorsOf(ConfigurationTree.Empty)
            .ShouldBe([
                "environments: (file): has no environment, expected a folder for each environment, e.g. environments/sandbox/",
                "slipway.json: (file): is missing, expected a JSON file there",
            ]);

    [Test]
    public void Names_what_was_probably_meant()
    {
        var configuration = Configuration.Read(SampleTree.Shipped()).Demand();

        var error = Should.Throw<PipelineException>(() => configuration.Environment("prodution"));

        error
            .Explain()
            .ShouldBe(
                """
                there is no environment "prodution": environments/ has no such folder
                  expected: one of dev, production, sandbox, staging
                  next: --environment=production
                """
            );
        Should
            .Throw<PipelineException>(() => configuration.SubProject("../x"))
            .Message.ShouldBe("there is no sub-project \"../x\"");
    }

    [Test]
    public void Every_text_is_one_line_whatever_stands_in_it()
    {
        var tree = SampleTree.WithDev("\"a\\nb\\u001b[31m\": 1, \"registry\": \"x\\n::error::y\"");

        SampleTree.ErrorsOf(tree).ShouldAllBe(line => !line.Any(char.IsControl));
        SampleTree
            .ErrorsOf(tree)
            .ShouldContain(
                $"{File}: registry: is \"x\\u000a::error::y\", expected a registry like \"127.0.0.1:5000\" or \"docker.io/azora\", without https://"
            );
    }

    [Test]
    public void Ten_megabytes_are_one_clear_error() =>
        SampleTree
            .ErrorsOf(SampleTree.Small.With(File, new byte[10_000_000]))
            .ShouldContain($"{File}: (file): has 10000000 bytes, expected a configuration of at most 1048576 bytes");

    [Test]
    public void Bytes_that_are_no_text_are_one_clear_error() =>
        SampleTree
            .ErrorsOf(SampleTree.Small.With(File, new byte[] { (byte)'{', (byte)'\n', (byte)'"', 0xC3, 0x28 }))
            .ShouldContain($"{File}: line 2, column 2: is not UTF-8 text, expected JSON in UTF-8");

    [TestCase("{ \"name\": \"\\ud800\" }", "line 1, column 11: has an escape that is no character")]
    [TestCase("", "line 1, column 1: is not JSON: The input does not contain any JSON tokens")]
    [TestCase("{}{}", "line 1, column 3: is not JSON: '{' is invalid after a single JSON value")]
    [TestCase("{\n  \"name\": dev\n}", "line 2, column 11: is not JSON: 'd' is an invalid start of a value")]
    [TestCase("null", "(file): is null, expected an object")]
    public void Text_that_is_no_configuration_is_one_clear_error(string text, string error) =>
        SampleTree
            .ErrorsOf(SampleTree.Small.With(File, text))
            .ShouldContain(line => line.StartsWith($"{File}: {error}"));

    [Test]
    public void Nesting_without_end_is_one_clear_error() =>
        SampleTree
            .ErrorsOf(SampleTree.Small.With(File, Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 100_000))))
            .ShouldContain(line => line.Contains("is not JSON"));

    [Test]
    public void A_byte_order_mark_comments_and_trailing_commas_are_no_error() =>
        SampleTree
            .ErrorsOf(
                SampleTree.Small.With(
                    File,
                    "\uFEFF// hello\n" + SampleTree.Dev.Replace("\"process\",", "\"process\", /* here */")
                )
            )
            .ShouldBeEmpty();
}
