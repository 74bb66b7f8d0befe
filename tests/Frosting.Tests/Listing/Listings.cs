using System.Text.Json;
using Cake.Frosting;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Listing;

internal sealed class Listings
{
    private static HostUnderTest Host() =>
        HostUnderTest
            .With(typeof(Everything), typeof(A), typeof(B), typeof(C), typeof(D), typeof(X))
            .Using(host =>
                host.UseCommandName("./build.sh", "Builds what there is to build.")
                    .UseContext<ContextThatMustNotBeMade>()
                    .UseArguments([
                        new("environment", "where to deploy")
                        {
                            ValueName = "name",
                            Default = "sandbox",
                            Group = "Deployment",
                        },
                        new("version", "what to deploy") { ValueName = "tag", Group = "Deployment" },
                        new("engine", "what runs it") { Choices = ["process", "docker"], Group = "Sandbox" },
                        new("token", "who asks")
                        {
                            Secret = true,
                            Default = "hush",
                            Group = "Sandbox",
                        },
                    ])
            );

    [TestCase("--tree", "Tree")]
    [TestCase("--tree --target=D", "TreeOfTarget")]
    [TestCase("--description", "Description")]
    [TestCase("--list", "List")]
    [TestCase("--list --json", "ListJson")]
    [TestCase("--help", "Help")]
    [TestCase("--dryrun --target=All-Of-It --parallel=2", "DryRun")]
    [TestCase("--dryrun --target=D --skip=B --parallel=2", "DryRunSkipping")]
    [TestCase("--dryrun --target=D --exclusive --parallel=2", "DryRunExclusive")]
    [TestCase("--completion=bash", "CompletionBash")]
    public void Are_as_approved_and_run_nothing(string arguments, string approved)
    {
        using var host = Host();
        host.Run(arguments.Split(' ')).ShouldBe(0);
        host.Script.Ran.ShouldBeEmpty();
        host.Error.ShouldBeEmpty();
        host.Out.ShouldBeApproved(approved);
    }

    [Test]
    public void The_list_is_JSON_and_keeps_secrets()
    {
        using var host = Host();
        host.Run("--list", "--json");
        host.Out.ShouldNotContain("hush");
        using var json = JsonDocument.Parse(host.Out);
        json.RootElement.GetProperty("targets").GetArrayLength().ShouldBe(6);
    }

    [Test]
    public void A_dry_run_knows_exclusive_resources()
    {
        using var host = HostUnderTest.WithDiamond().Using(host => host.UseExclusiveResource("database", "B", "C"));
        host.Run("--dryrun", "--target=D", "--parallel=2").ShouldBe(0);
        host.Out.ShouldNotContain("together");
    }

    [Test]
    public void The_completion_script_completes()
    {
        using var host = Host();
        host.Run("--completion=bash");
        var script = Path.Combine(host.LogFolder, "complete.sh");
        File.WriteAllText(script, host.Out);
        Complete(script, "./build.sh --envi").ShouldBe("--environment=");
        Complete(script, "./build.sh --target=All").ShouldBe("All-Of-It");
        Complete(script, "./build.sh --target=A,X").ShouldBe("A,X");
        Complete(script, "./build.sh --engine=d").ShouldBe("docker");
    }

    private static string Complete(string script, string line)
    {
        using var bash = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("bash")
            {
                ArgumentList =
                {
                    "-c",
                    "source \"$1\"; COMP_LINE=$2 COMP_POINT=${#2}; COMP_LINE=$2; _build_sh_complete; printf '%s' \"${COMPREPLY[*]}\"",
                    "bash",
                    script,
                    line,
                },
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        var completed = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit(10_000).ShouldBeTrue();
        return completed.Trim();
    }
}

internal sealed class ContextThatMustNotBeMade : Cake.Frosting.FrostingContext
{
    public ContextThatMustNotBeMade(Cake.Core.ICakeContext context)
        : base(context) => throw new InvalidOperationException("A listing made the context.");
}
