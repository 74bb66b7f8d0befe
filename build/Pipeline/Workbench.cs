using System.Collections.Immutable;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>The tools, each made when it is first used.</summary>
public sealed class Workbench
{
    private readonly Lazy<Toolbox> _toolbox;

    public Workbench(string root, Redactor redactor, TimeProvider time)
    {
        Root = root;
        Redactor = redactor;
        Time = time;
        Runner = new CommandRunner(redactor, time);
        Git = new Git(Runner, root);
        DotNet = new DotNet(Runner, root);
        Android = new Android(Runner);
        Backups = new BackupPipeline(Runner, time);
        _toolbox = new(() => new Toolbox(Runner, root));
    }

    /// <summary>The repository.</summary>
    public string Root { get; }

    public TimeProvider Time { get; }

    public Redactor Redactor { get; }

    public ICommandRunner Runner { get; }

    public Git Git { get; }

    public DotNet DotNet { get; }

    public Android Android { get; }

    public BackupPipeline Backups { get; }

    public Toolbox Toolbox => _toolbox.Value;

    public Maestro Maestro => new(Runner, Toolbox.PathOf("maestro-runner"));

    public PostgresPrograms PostgresPrograms => new(Path.GetDirectoryName(Toolbox.PathOf("pg_dump")));

    public Terraform Terraform(TerraformLayer layer) => new(Runner, Redactor, layer);

    /// <summary>Absolute path of something in the repository.</summary>
    public string PathOf(string relative) => Path.Combine(Root, relative);
}
