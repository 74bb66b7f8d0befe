using Slipway.Toolbox;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>The tools, put together once.</summary>
public sealed class Workbench
{
    public Workbench(string root, Redactor redactor, TimeProvider time)
    {
        Root = root;
        Redactor = redactor;
        Time = time;
        Runner = new CommandRunner(redactor, time);
        Installed = new InstalledTools(Runner, root);
        Installer = new ToolInstaller(Runner, root, time);
        Git = new Git(Runner, root);
        DotNet = new DotNet(Runner, root);
        Android = new Android(Runner);
        Backups = new BackupPipeline(Runner, time);
    }

    /// <summary>The repository, absolute.</summary>
    public string Root { get; }

    public TimeProvider Time { get; }

    public Redactor Redactor { get; }

    public ICommandRunner Runner { get; }

    public InstalledTools Installed { get; }

    public ToolInstaller Installer { get; }

    public Git Git { get; }

    public DotNet DotNet { get; }

    public Android Android { get; }

    public BackupPipeline Backups { get; }

    public Maestro Maestro => new(Runner, Installed.PathOf(ToolCatalogue.MaestroRunner));

    public PostgresPrograms PostgresPrograms =>
        new(Path.GetDirectoryName(Installed.PathOf(ToolCatalogue.PostgresClient, "pg_dump")));

    public Terraform Terraform(TerraformLayer layer) => new(Runner, Redactor, layer);

    /// <summary>Absolute path of something in the repository.</summary>
    public string PathOf(string relative) => Path.Combine(Root, relative);
}
