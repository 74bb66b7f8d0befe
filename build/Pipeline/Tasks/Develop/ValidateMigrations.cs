using Cake.Frosting;
using Slipway.Migrations;
using Slipway.Outcomes;
using Slipway.Toolbox;
using Slipway.Tools;

namespace Slipway.Pipeline.Tasks;

[TaskName("ValidateMigrations")]
[TaskDescription("Migrations are there, parse, and none is unsafe")]
public sealed class ValidateMigrations : CheckTask
{
    protected override Task CheckAsync(DeploymentContext context)
    {
        foreach (var settings in context.Product.SubProjects.Select(project => project.Migrations).OfType<Products.MigrationSettings>())
        {
            var tool = MigrationFolder.ToolFor(
                settings.Tool,
                context.Workbench.PathOf(settings.Folder),
                context.Workbench.Root,
                settings.Command,
                context.Product.DefaultEnvironment,
                context.Workbench.Installed.PathOf(ToolCatalogue.Dbmate)
            );
            var files = tool.ReadFiles();
            if (files.IsEmpty)
                throw new PipelineException($"{settings.Folder} holds no migration", "at least one, or no migrations in slipway.json");
            var unsafeOnes = new MigrationClassifier().Classify(files).Where(finding => finding.Class == MigrationClass.Unsafe).ToArray();
            if (unsafeOnes.Length > 0)
                throw new PipelineException(
                    string.Join('\n', unsafeOnes.Select(finding => $"{settings.Folder}/{finding.File}:{finding.Line}: {finding.Rule}: {finding.Statement}\n  safer: {finding.SaferWay}")),
                    next: "write it the safer way; a deployment can override it with --force --reason"
                );
            context.Say($"{settings.Folder}: {files.Length} migrations, none unsafe");
        }
        return Task.CompletedTask;
    }
}
