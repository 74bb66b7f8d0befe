using Slipway.Environments;
using Slipway.Toolbox;

namespace Slipway.Deployment.Tests;

public class ToolCatalogueTests
{
    [Test]
    public void EveryToolSaysHowToGetItOnEveryMachine(
        [ValueSource(nameof(Tools))] Tool tool,
        [Values] MachineKind machine
    )
    {
        var command = InstallPlan.CommandFor(tool, machine);

        command.ShouldNotBeNullOrWhiteSpace();
        if (machine is MachineKind.Debian)
            command.ShouldNotStartWith($"install {tool.Name}");
    }

    [Test]
    public void NamesAreUniqueAndEveryToolIsInTheList()
    {
        ToolCatalogue.All.Select(tool => tool.Name).ShouldBeUnique();
        typeof(ToolCatalogue)
            .GetProperties()
            .Where(property => property.PropertyType == typeof(Tool))
            .Select(property => (Tool)property.GetValue(null)!)
            .ShouldBe(ToolCatalogue.All, ignoreOrder: true);
    }

    [Test]
    public void ATargetNeedsItsToolsOnly()
    {
        Names("BuildApk", EngineKind.Process).ShouldBe(["git", "java", "apktool", "apksigner", "zipalign", "aapt2"]);
        Names("Record", EngineKind.Process).ShouldBe(["git"]);
    }

    [Test]
    public void DockerIsNeededByItsEngineAlone()
    {
        Names("BuildImages", EngineKind.Docker).ShouldContain("docker");
        Names("BuildImages", EngineKind.Process).ShouldNotContain("docker");
        Names("Rollout", EngineKind.Terraform).ShouldNotContain("haproxy");
    }

    public static IEnumerable<Tool> Tools() => ToolCatalogue.All;

    private static IEnumerable<string> Names(string target, EngineKind engine) =>
        ToolCatalogue.For([target], engine).Select(tool => tool.Name);
}
