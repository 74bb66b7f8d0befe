using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class TerraformTests
{
    private const string Main = """
        terraform {
          backend "local" {}
        }

        variable "size" {
          type    = string
          default = "small"
        }

        variable "password" {
          type      = string
          sensitive = true
        }

        resource "terraform_data" "server" {
          input = var.size
        }

        resource "terraform_data" "database" {
          triggers_replace = [var.size]
          input            = var.password
        }

        output "size" {
          value = terraform_data.server.output
        }

        output "url" {
          value     = "postgres://app:${var.password}@localhost/x"
          sensitive = true
        }

        """;

    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Redactor _redactor = new();
    private ScratchFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new ScratchFolder();
        _folder.File("layer/main.tf", Main);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task GoesThroughInitPlanApplyOutputsAndDestroy()
    {
        var lines = new List<string>();
        void Listen(OutputLine line) => lines.Add(line.Text);
        var terraform = At("dev", "small");
        var plan = _folder.File("run/plan.tfplan");

        await terraform.InitAsync(Listen, None);
        (await terraform.PlanAsync(new PlanRequest(plan), Listen, None)).ShouldBeTrue();
        var changes = await terraform.ShowPlanAsync(plan, address => address.EndsWith(".database"), None);
        await terraform.ApplyAsync(plan, Listen, None);
        var outputs = await terraform.OutputsAsync(None);

        changes
            .Select(change => (change.Address, string.Join(',', change.Actions), change.IsProtected))
            .ShouldBe([("terraform_data.database", "create", true), ("terraform_data.server", "create", false)]);
        outputs.Plain["size"].GetString().ShouldBe("small");
        outputs.Sensitive["url"].Reveal().ShouldBe("postgres://app:correct-horse-battery@localhost/x");
        _redactor.Redact("postgres://app:correct-horse-battery@localhost/x").ShouldBe("***");
        lines.ShouldNotBeEmpty();
        lines.ShouldAllBe(line => !line.Contains("correct-horse"));
        (await terraform.OutputsAsync(None))
            .Sensitive["url"]
            .Reveal()
            .ShouldContain("correct-horse", customMessage: "read twice");
        (await terraform.PlanAsync(new PlanRequest(plan), null, None)).ShouldBeFalse("nothing to change any more");
        (await terraform.ShowPlanAsync(plan, _ => false, None)).ShouldBeEmpty();

        await terraform.DestroyAsync(null, None);
        (await terraform.OutputsAsync(None)).Plain.ShouldBeEmpty();
    }

    [Test]
    public async Task TellsReplaceAndUpdateApart()
    {
        await Applied("dev", "small");
        var terraform = At("dev", "large");
        var plan = _folder.File("plan2");
        await terraform.PlanAsync(new PlanRequest(plan), null, None);

        var changes = await terraform.ShowPlanAsync(plan, _ => false, None);

        changes.Single(change => change.Address == "terraform_data.server").Actions.ShouldBe(["update"]);
        changes.Single(change => change.Address == "terraform_data.database").IsDestructive.ShouldBeTrue();
    }

    [Test]
    public async Task ReplacesAndDestroysOnDemand()
    {
        var terraform = await Applied("dev", "small");
        var plan = _folder.File("plan2");

        await terraform.PlanAsync(new PlanRequest(plan) { Replace = ["terraform_data.server"] }, null, None);
        (await terraform.ShowPlanAsync(plan, _ => false, None))
            .Single()
            .Actions.ShouldBe(["delete", "create"], ignoreOrder: true);

        await terraform.PlanAsync(new PlanRequest(plan) { Destroy = true }, null, None);
        (await terraform.ShowPlanAsync(plan, _ => false, None)).ShouldAllBe(change => change.IsDestructive);
    }

    [Test]
    public async Task LeavesTheLayerCleanAndKeepsEnvironmentsApart()
    {
        await Applied("dev", "small");
        await Applied("staging", "large", workspace: "blue");

        Directory.GetFileSystemEntries(_folder.File("layer")).Select(Path.GetFileName).ShouldBe(["main.tf"]);
        (await At("dev", "small").OutputsAsync(None)).Plain["size"].GetString().ShouldBe("small");
        (await At("staging", "large", workspace: "blue").OutputsAsync(None))
            .Plain["size"]
            .GetString()
            .ShouldBe("large");
    }

    [Test]
    public async Task APlanThatIsStaleIsNotApplied()
    {
        var terraform = At("dev", "small");
        await terraform.InitAsync(null, None);
        await terraform.PlanAsync(new PlanRequest(_folder.File("plan")), null, None);
        await terraform.ApplyAsync(_folder.File("plan"), null, None);

        var failure = await Should.ThrowAsync<StalePlanException>(() =>
            terraform.ApplyAsync(_folder.File("plan"), null, None)
        );

        failure.Explain().ShouldContain("TerraformPlan");
    }

    [Test]
    public async Task ALockThatSomebodyHoldsIsNamedAndACancelledApplyFreesIt()
    {
        _folder.File(
            "layer/main.tf",
            Main
                + "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 60\"\n  }\n}\n"
        );
        var holder = At("dev", "small");
        await holder.InitAsync(null, None);
        await holder.PlanAsync(new PlanRequest(_folder.File("plan")), null, None);
        using var cancellation = new CancellationTokenSource();
        var inside = new TaskCompletionSource();
        var applying = holder.ApplyAsync(
            _folder.File("plan"),
            line =>
            {
                if (line.Text.Contains("Executing", StringComparison.Ordinal))
                    inside.TrySetResult();
            },
            cancellation.Token
        );
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var locked = await Should.ThrowAsync<StateLockedException>(() =>
            At("dev", "large").PlanAsync(new PlanRequest(_folder.File("plan2")), null, None)
        );
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => applying);

        locked.ExitCode.ShouldBe(ExitCode.Locked);
        locked.Who!.ShouldContain("@");
        locked.Operation.ShouldBe("OperationTypeApply");
        locked.LockId!.Length.ShouldBe(36);
        (await At("dev", "small").PlanAsync(new PlanRequest(_folder.File("plan2")), null, None)).ShouldBeTrue(
            "the lock is free"
        );
    }

    [Test]
    public async Task AFailedApplyCarriesTerraformsWords()
    {
        _folder.File(
            "layer/main.tf",
            Main
                + "resource \"terraform_data\" \"bad\" {\n  provisioner \"local-exec\" {\n    command = \"exit 7\"\n  }\n}\n"
        );
        var terraform = At("dev", "small");
        await terraform.InitAsync(null, None);
        await terraform.PlanAsync(new PlanRequest(_folder.File("plan")), null, None);

        var failure = await Should.ThrowAsync<CommandFailedException>(() =>
            terraform.ApplyAsync(_folder.File("plan"), null, None)
        );

        failure.Message.ShouldContain("exit status 7");
    }

    [Test]
    public async Task NamesFilesThatAreNotFormattedAndWhatIsNotValid()
    {
        _folder.File("layer/ugly.tf", "locals {\n x   = var.missing\n}\n");
        var terraform = At("dev", "small");
        await terraform.InitWithoutBackendAsync(None);

        (await terraform.UnformattedFilesAsync(None)).ShouldBe(["ugly.tf"]);
        var finding = (await terraform.ValidateAsync(None)).Single();

        (finding.Severity, finding.File, finding.Line).ShouldBe(("error", "ugly.tf", 2));
        finding.Detail.ShouldContain("missing");
    }

    [Test]
    public async Task KnowsItsVersion() =>
        Version.Parse(await At("dev", "small").VersionAsync(None)).Major.ShouldBeGreaterThan(0);

    [Test]
    public void NoVariableIsAnArgument()
    {
        var layer = At("dev", "small").Layer;

        foreach (
            var command in new[]
            {
                TerraformCommands.Plan(layer, new PlanRequest("p")),
                TerraformCommands.Destroy(layer),
            }
        )
        {
            string.Join(' ', command.Arguments).ShouldNotContain("small");
            command.Environment["TF_VAR_size"].ShouldBe("small");
            command.Secrets.Keys.ShouldBe(["TF_VAR_password"]);
            command.InterruptOnCancel.ShouldBeTrue();
            command.Environment["TF_LOG"].ShouldBeNull();
        }
    }

    private async Task<Terraform> Applied(string environment, string size, string? workspace = null)
    {
        var terraform = At(environment, size, workspace);
        var plan = _folder.File($"{environment}.plan");
        await terraform.InitAsync(null, None);
        await terraform.PlanAsync(new PlanRequest(plan), null, None);
        await terraform.ApplyAsync(plan, null, None);
        return terraform;
    }

    private Terraform At(string environment, string size, string? workspace = null) =>
        new(
            new CommandRunner(_redactor, TimeProvider.System),
            _redactor,
            new TerraformLayer(_folder.File("layer"), _folder.File($"data/{environment}"))
            {
                BackendConfig = ImmutableSortedDictionary<string, string>.Empty.Add(
                    "path",
                    _folder.File($"state/{environment}/terraform.tfstate")
                ),
                Workspace = workspace,
                Variables = ImmutableSortedDictionary<string, string>.Empty.Add("size", size),
                SecretVariables = ImmutableSortedDictionary<string, Secret>.Empty.Add(
                    "password",
                    new Secret("correct-horse-battery")
                ),
                LockTimeout = TimeSpan.Zero,
            }
        );
}
