using Slipway.Toolbox;

namespace Slipway.Deployment.Tests;

public class InstallPlanTests
{
    private static readonly ToolStatus[] Lacking =
    [
        new(ToolCatalogue.Git, ToolState.Present, new Version(2, 39), "/usr/bin/git", null, null),
        Missing(ToolCatalogue.Haproxy),
        Missing(ToolCatalogue.Apksigner),
        Missing(ToolCatalogue.Dbmate),
        Missing(ToolCatalogue.Age),
        Missing(ToolCatalogue.Terraform),
        new(ToolCatalogue.Node, ToolState.TooOld, new Version(12, 0), "/usr/bin/node", null, "x"),
    ];

    [Test]
    public void RootOnDebianInstallsPackages()
    {
        var plan = InstallPlan.For(Lacking, MachineKind.Debian, InstallRights.Root);

        plan.Commands.Length.ShouldBe(2);
        plan.Commands[0].ShouldBe(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "update"]);
        plan.Commands[1][^2..].ShouldBe(["apksigner", "haproxy"]);
        plan.Npm.ShouldBeTrue();
        plan.ByHand.Select(item => item.Tool).ShouldBe(["terraform", "node"], "not in Debian; too old in Debian");
    }

    [Test]
    public void AUserWithSudoInstallsThroughIt()
    {
        InstallPlan
            .For(Lacking, MachineKind.Debian, InstallRights.Sudo)
            .Commands.ShouldAllBe(argv => argv[0] == "sudo" && argv[1] == "-n");
    }

    [TestCase(MachineKind.Debian, InstallRights.None, "sudo apt-get install haproxy")]
    [TestCase(MachineKind.MacOs, InstallRights.Sudo, "brew install haproxy")]
    public void ElsewhereItSaysWhatToType(MachineKind machine, InstallRights rights, string expected)
    {
        var plan = InstallPlan.For(Lacking, machine, rights);

        plan.Commands.ShouldBeEmpty();
        plan.Npm.ShouldBeTrue();
        plan.ByHand.Single(item => item.Tool == "haproxy").What.ShouldBe(expected);
    }

    [Test]
    public void NothingIsDoneWhereNothingIsMissing()
    {
        InstallPlan.For(Lacking[..1], MachineKind.Debian, InstallRights.Root).IsEmpty.ShouldBeTrue();
    }

    private static ToolStatus Missing(Tool tool) => new(tool, ToolState.Missing, null, null, tool.Programs[0], "x");
}
