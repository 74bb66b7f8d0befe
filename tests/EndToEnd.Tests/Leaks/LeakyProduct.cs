using System.Collections.Immutable;
using System.Runtime.Versioning;
using Slipway.Tools;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <summary>
/// A checkout whose product betrays every secret that it can reach, to whoever listens: its build prints them, its health
/// endpoint answers with them, GitHub and Slack answer with them. Each way in has its own canary.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class LeakyProduct : IAsyncDisposable
{
    public const string Repository = "azora/sample";

    private readonly Canary _slack = Canary.Token("secrets file: Slack webhook");
    private const string CheckRuns = """
        {"total_count": 1, "check_runs": [{"id": 1, "name": "canary-check", "status": "completed", "conclusion": "success",
        "html_url": "http://127.0.0.1/?access_token=TOKEN", "completed_at": "2026-01-01T00:00:00Z", "app": {"id": 1}}]}
        """;

    private readonly LoopbackServer _others;
    private readonly string _told;

    private LeakyProduct(Checkout checkout)
    {
        Checkout = checkout;
        Folder = Directory.CreateTempSubdirectory("slipway-leaky-").FullName;
        _told = Path.Combine(Folder, "told");
        // The database's own user works there, too.
        File.SetUnixFileMode(Folder, (UnixFileMode)Convert.ToInt32("711", 8));
        File.SetUnixFileMode(
            Directory.CreateDirectory(TemporaryFolder).FullName,
            (UnixFileMode)Convert.ToInt32("1777", 8)
        );
        _others = new LoopbackServer(Answer);
        Planted = [FileOdd, FileKey, _slack, Token, Cloud, Identity, Terraform];
    }

    public Checkout Checkout { get; }

    /// <summary>Beside the checkout: what the runs get and leave outside of it.</summary>
    public string Folder { get; }

    public Canary FileOdd { get; } = Canary.New("secrets file: odd characters");

    public Canary FileKey { get; } = Canary.Lines("secrets file: several lines");

    public Canary Token { get; } = Canary.Token("environment: GITHUB_TOKEN");

    public Canary Cloud { get; } = Canary.New("environment: AWS_SECRET_ACCESS_KEY");

    public Canary Identity { get; } = new("environment: SOPS_AGE_KEY", AgeIdentity.Generate().ToSecret().Reveal());

    public Canary Terraform { get; } = Canary.New("sensitive output of Terraform");

    public ImmutableArray<Canary> Planted { get; private set; }

    public bool GitHubRefuses { get; set; }

    public IEnumerable<ReceivedRequest> Requests => _others.Received;

    public string StepSummary => Path.Combine(Folder, "summary.md");

    public string TemporaryFolder => Path.Combine(Folder, "tmp");

    public static async Task<LeakyProduct> CreateAsync()
    {
        var product = new LeakyProduct((await Checkout.CreateAsync()).WithShortStages());
        await product.PlantAsync();
        return product;
    }

    public ImmutableDictionary<string, string> Environment =>
        Checkout
            .Environment.Add("GITHUB_TOKEN", Token.Value)
            .Add("GITHUB_REPOSITORY", Repository)
            .Add("GITHUB_API_URL", new Uri(_others.Url, "api/v3").AbsoluteUri)
            .Add("AWS_SECRET_ACCESS_KEY", Cloud.Value)
            .Add("SOPS_AGE_KEY", Identity.Value)
            .Add("TF_VAR_canary", Terraform.Value)
            .Add("TMPDIR", TemporaryFolder)
            .Add("TOLD_FILE", _told);

    /// <summary>As GitHub's runner starts it.</summary>
    public ImmutableDictionary<string, string> InGitHub(string tag) =>
        Environment
            .SetItem("GITHUB_ACTIONS", "true")
            .Add("GITHUB_ACTOR", "octocat")
            .Add("GITHUB_RUN_ID", "4711")
            .Add("GITHUB_REF", "refs/tags/" + tag)
            .Add("GITHUB_STEP_SUMMARY", StepSummary);

    public Task<Run> BuildAsync(ImmutableDictionary<string, string> environment, params string[] arguments) =>
        RunAsync(environment, null, arguments);

    public Task<Run> SetAsync(string name, string value) =>
        RunAsync(Environment, value, "--target=Secrets", "--environment=sandbox", "--set=" + name);

    /// <summary>A new version whose build does what <c>TOLD_MODE</c> says.</summary>
    public string Release(string tag)
    {
        Checkout.Commit($"Release {tag}");
        Checkout.Tag(tag);
        return tag;
    }

    /// <summary>What the product can know by now: its own database's password came with the first deployment.</summary>
    public void TellPassword()
    {
        var file = Path.Combine(Checkout.SandboxRoot, "postgres", "password");
        Planted = Planted.Add(new("database password", File.ReadAllText(file).Trim()));
        Tell(Planted);
    }

    /// <summary>The candidate's health endpoint betrays what the candidate was given.</summary>
    public void MakeHealthTalkative()
    {
        const string file = "sandbox/services/lib/instance.mjs";
        var source = File.ReadAllText(Path.Combine(Checkout.Root, file));
        const string healthy = "return { status: 200, body };";
        source.ShouldContain(healthy);
        Checkout.Write(
            file,
            source.Replace(
                healthy,
                """
                const url = process.env.DATABASE_URL ?? "";
                      // A service tells its own secrets as well; what is no header's text goes in as base64.
                      const { SANDBOX_EXAMPLE_TOKEN: token = "", CANARY_KEY: key = "" } = process.env;
                      const all = [url, token, key];
                      const base64 = (text) => Buffer.from(text).toString("base64");
                      for (const one of all)
                        log(service, `cannot reach ${one} ${encodeURIComponent(one)} ${base64(one)} ${JSON.stringify({ one })}`);
                      return { status: 500, headers: { "x-debug": url, "x-more": all.map(base64).join(" "), "www-authenticate": url },
                        body: { ...body, status: `cannot reach the database, which is ${url}`, detail: all.join(" ") } };
                """,
                StringComparison.Ordinal
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Checkout.DisposeAsync();
        _others.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task PlantAsync()
    {
        Configure();
        Checkout.Write(
            "sandbox/app/talkative-build.sh",
            """
            #!/usr/bin/env bash
            # Tells what it can know on both streams, then builds as ever.
            set -euo pipefail
            printenv GITHUB_TOKEN AWS_SECRET_ACCESS_KEY SOPS_AGE_KEY || true
            printenv GITHUB_TOKEN AWS_SECRET_ACCESS_KEY SOPS_AGE_KEY >&2 || true
            cat "$TOLD_FILE"
            cat "$TOLD_FILE" >&2
            case "${TOLD_MODE:-}" in
              fail) exit 3 ;;
              file) mkdir -p "$(dirname "$3")" && cp "$TOLD_FILE" "$(dirname "$3")/debug.txt" ;;
            esac
            exec "$(dirname "${BASH_SOURCE[0]}")/build.sh" "$@"
            """
        );
        File.SetUnixFileMode(
            Path.Combine(Checkout.Root, "sandbox/app/talkative-build.sh"),
            (UnixFileMode)Convert.ToInt32("755", 8)
        );
        Checkout.Write(
            "terraform/sandbox/canary.tf",
            """
            variable "canary" {
              type      = string
              sensitive = true
              default   = ""
            }

            output "canary" {
              value     = var.canary
              sensitive = true
            }

            """
        );
        // Terraform's value is a secret to nobody before its outputs were read once.
        Tell(Planted.Where(canary => canary != Terraform));
        foreach (
            var (name, value) in new[]
            {
                ("SANDBOX_EXAMPLE_TOKEN", FileOdd.Value),
                ("CANARY_KEY", FileKey.Value),
                ("SLACK_WEBHOOK", new Uri(_others.Url, "slack/" + _slack.Value).AbsoluteUri),
            }
        )
        {
            var set = await SetAsync(name, value);
            set.ExitCode.ShouldBe(0, set.Text);
        }
        Release("v1.0.0");
    }

    private void Configure()
    {
        const string environment = "environments/sandbox/environment.json";
        Replace(
            environment,
            "\"secretNames\": [\"SANDBOX_EXAMPLE_TOKEN\"],",
            """
            "secretNames": ["SANDBOX_EXAMPLE_TOKEN", "CANARY_KEY", "SLACK_WEBHOOK"],
              "notifications": { "slackWebhookSecret": "SLACK_WEBHOOK" },
              "requiredChecks": ["canary-check"],
            """
        );
        // auth betrays what it was given: the shipped secret, and one of several lines.
        Replace(
            environment,
            "\"routes\": [\"/auth\"], \"secrets\": [\"SANDBOX_EXAMPLE_TOKEN\"]",
            "\"routes\": [\"/auth\"], \"secrets\": [\"SANDBOX_EXAMPLE_TOKEN\", \"CANARY_KEY\"]"
        );
        Replace(environment, "\"health\": { \"timeout\": \"30s\"", "\"health\": { \"timeout\": \"4s\"");
        Replace("slipway.json", "sandbox/app/build.sh", "sandbox/app/talkative-build.sh");
    }

    private void Tell(IEnumerable<Canary> canaries) =>
        File.WriteAllLines(
            _told,
            canaries.SelectMany(canary =>
                LeakForms.Of(canary.Value).Where(form => IsWhole(form, canary)).Select(form => $"told: {form.Text}")
            )
        );

    /// <summary>Half a secret that a program cuts out itself cannot be recognised; what we cut must not show.</summary>
    private static bool IsWhole(LeakForm form, Canary canary) =>
        !LeakForms
            .Of(canary.Value[..(canary.Value.Length / 2)])
            .Concat(LeakForms.Of(canary.Value[(canary.Value.Length / 2)..]))
            .Contains(form);

    private void Replace(string path, string what, string with)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, path));
        text.ShouldContain(what);
        Checkout.Write(path, text.Replace(what, with, StringComparison.Ordinal));
    }

    private Answer Answer(ReceivedRequest request)
    {
        if (request.Path.StartsWith("/slack/", StringComparison.Ordinal))
            return new(500, $"no such webhook: {request.Path}", ("X-Debug", request.Path));
        if (GitHubRefuses)
            return new(
                401,
                $$"""{"message": "Bad credentials: {{Token.Value}}"}""",
                ("X-Debug", Token.Value),
                ("WWW-Authenticate", $"Bearer {Token.Value}")
            );
        return request.Path.Contains("/check-runs", StringComparison.Ordinal)
            ? new(200, CheckRuns.Replace("TOKEN", Token.Value, StringComparison.Ordinal), ("X-Debug", Token.Value))
            : new(200, """{"state": "success", "statuses": []}""");
    }

    private Task<Run> RunAsync(
        ImmutableDictionary<string, string> environment,
        string? input,
        params string[] arguments
    ) =>
        Checkout.RunAsync(
            Path.Combine(Checkout.Root, "build.sh"),
            Checkout.Root,
            arguments,
            environment,
            TimeSpan.FromMinutes(5),
            input
        );
}
