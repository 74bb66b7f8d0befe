using System.Collections.Immutable;
using Slipway.Environments;

namespace Slipway.Products;

/// <summary>The keys of <c>slipway.json</c>.</summary>
internal static class ProductReader
{
    private static readonly TextRule MigrationTool = new(
        "one of command, dbmate, npm, prisma",
        text => text is "dbmate" or "prisma" or "npm" or "command"
    );

    public static ProductConfiguration Read(ConfigurationSection section)
    {
        section.Text("$schema", TextRule.Any);
        return new ProductConfiguration
        {
            Name = section.RequiredText("name", TextRule.EnvironmentName),
            Repository = section.Text("repository", TextRule.Repository),
            DefaultEnvironment = section.Text("defaultEnvironment", TextRule.EnvironmentName) ?? "sandbox",
            SubProjects = section.Require("subProjects", "a list with at least one sub-project")
                ? section.Sections("subProjects", ReadSubProject)
                : [],
            OptionalStages = section.Texts("optionalStages", ProductRules.StageName),
        };
    }

    private static SubProject ReadSubProject(ConfigurationSection section) =>
        new(
            section.RequiredText("path", TextRule.SubProject),
            section.Section("apk", ReadApk),
            section.Sections("images", ReadImage),
            section.Section("migrations", ReadMigrations),
            section.Text("flows", TextRule.RelativePath),
            section.Commands("commands", TextRule.EnvironmentName)
        );

    private static ApkSettings ReadApk(ConfigurationSection section)
    {
        var command = section.Require("command", "the build's program and arguments") ? section.Argv("command") : [];
        if (!command.IsEmpty && !command.Any(argument => argument.Contains("{output}", StringComparison.Ordinal)))
            section.Error("command", "does not say where the APK goes", "an argument with {output}");
        return new(
            command,
            section.RequiredText("packageId", TextRule.PackageId),
            (int)section.RequiredInteger("minSdk", 1, 100),
            (int)section.RequiredInteger("targetSdk", 1, 100),
            section.RequiredInteger("maximumBytes", 1, 4_000_000_000),
            section.Text("certificateSha256", TextRule.Sha256)
        );
    }

    private static ImageSettings ReadImage(ConfigurationSection section) =>
        new(
            section.RequiredText("service", TextRule.ServiceName),
            section.RequiredText("context", TextRule.RelativePath),
            section.RequiredText("dockerfile", TextRule.RelativePath),
            section.Argv("prepare"),
            section.Argv("start")
        );

    private static MigrationSettings ReadMigrations(ConfigurationSection section)
    {
        var settings = new MigrationSettings(
            section.RequiredText("folder", TextRule.RelativePath),
            section.Text("tool", MigrationTool) ?? "dbmate",
            section.Argv("command")
        );
        if (settings.Tool == "command" && settings.Command.IsEmpty)
            section.Error("command", "is missing", "program and arguments: the tool is \"command\"");
        if (settings.Tool != "command" && !settings.Command.IsEmpty)
            section.Error(
                "command",
                $"is not used by the tool {settings.Tool}",
                "\"tool\": \"command\", or no command"
            );
        return settings;
    }
}
