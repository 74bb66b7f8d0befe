using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Toolbox;

namespace Slipway.Tools;

/// <summary>Finds the programs of the catalogue on this machine: in the repository's own folder, on PATH, in well-known folders.</summary>
public sealed class InstalledTools(ICommandRunner runner, string repository)
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    private readonly string _npm = Path.Combine(Path.GetFullPath(repository), ".slipway", "npm");

    private string NpmBin => Path.Combine(_npm, "node_modules", ".bin");

    /// <summary>Asks all tools at the same time.</summary>
    public async Task<ImmutableArray<ToolStatus>> InspectAsync(IEnumerable<Tool> tools, CancellationToken cancellation)
    {
        var machine = Machine.Kind();
        return [.. await Task.WhenAll(tools.Select(tool => InspectAsync(tool, machine, cancellation)))];
    }

    /// <summary>Refuses to go on when a tool is missing or too old; names all of them and what installs each.</summary>
    /// <exception cref="PipelineException">Something is missing or too old.</exception>
    public async Task RequireAsync(IEnumerable<Tool> tools, CancellationToken cancellation)
    {
        var bad = (await InspectAsync(tools, cancellation)).Where(status => status.State != ToolState.Present).ToList();
        if (bad.Count == 0)
            return;
        throw new PipelineException(
            ExitCode.Usage,
            "this machine lacks what the target needs:\n"
                + string.Join('\n', bad.Select(status => "  " + Describe(status))),
            next: "./build.sh --target=Bootstrap"
        );
    }

    /// <summary>Absolute path of a program of the catalogue.</summary>
    /// <exception cref="PipelineException">It is not there; says what installs it.</exception>
    public string PathOf(Tool tool, string? program = null)
    {
        var wanted = program ?? tool.Programs[0];
        return Find(tool, wanted)
            ?? throw new PipelineException(
                $"{tool.Name} is not installed: no {wanted} on this machine",
                tool.Purpose,
                InstallPlan.CommandFor(tool, Machine.Kind())
            );
    }

    /// <summary>A PATH on which a child finds what Bootstrap installed for this repository, too.</summary>
    public string SearchPath() =>
        string.Join(
            Path.PathSeparator,
            new[] { NpmBin }.Append(Environment.GetEnvironmentVariable("PATH") ?? "").Where(part => part.Length > 0)
        );

    private async Task<ToolStatus> InspectAsync(Tool tool, MachineKind machine, CancellationToken cancellation)
    {
        var paths = tool.Programs.Select(program => (Program: program, Path: Find(tool, program))).ToList();
        var missing = paths.Where(found => found.Path is null).Select(found => found.Program).ToList();
        if (missing.Count > 0)
            return new ToolStatus(
                tool,
                ToolState.Missing,
                null,
                null,
                string.Join(", ", missing),
                InstallPlan.CommandFor(tool, machine)
            );
        var path = paths[0].Path!;
        var version = await VersionAsync(tool, path, cancellation);
        var tooOld = tool.Minimum is { } minimum && (version is null || version < minimum);
        return new ToolStatus(
            tool,
            tooOld ? ToolState.TooOld : ToolState.Present,
            version,
            path,
            null,
            tooOld ? InstallPlan.CommandFor(tool, machine) : null
        );
    }

    private async Task<Version?> VersionAsync(Tool tool, string path, CancellationToken cancellation)
    {
        if (tool.Probe == VersionProbe.None)
            return null;
        if (tool.Probe == VersionProbe.NpmPackage)
            return NpmVersion(tool.Origin.Npm!);
        var command = new Command(path, tool.VersionArguments)
        {
            Timeout = ProbeLimit,
            // terraform would ask its maker whether there is a newer one.
            Environment = Command
                .Of("x")
                .Environment.Add("CHECKPOINT_DISABLE", "1")
                .Add("TF_CLI_CONFIG_FILE", "/dev/null"),
        };
        try
        {
            var result = await runner.RunAsync(command, cancellation: cancellation);
            return ToolVersion.Find(result.Output) ?? ToolVersion.Find(result.Error);
        }
        catch (CommandFailedException)
        {
            return null; // a program that cannot say its version is reported as too old, not as an error of ours
        }
    }

    private Version? NpmVersion(string package)
    {
        var file = Path.Combine(_npm, "node_modules", package, "package.json");
        if (!File.Exists(file))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            return json.RootElement.TryGetProperty("version", out var version)
                ? ToolVersion.Find(version.GetString() ?? "")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? Find(Tool tool, string program)
    {
        foreach (var name in program.Split('|'))
        {
            var path = tool.Origin.Npm is not null
                ? FindBeside([.. tool.Folders.Select(folder => Path.Combine(_npm, folder))], name)
                    ?? ProgramPath.Find(Path.Combine(NpmBin, name))
                : ProgramPath.Find(name) ?? FindBeside(tool.Folders, name);
            if (path is not null)
                return path;
        }
        return null;
    }

    private static string? FindBeside(ImmutableArray<string> patterns, string name) =>
        patterns
            .SelectMany(pattern => FolderPattern.Expand(pattern))
            .Select(folder => ProgramPath.Find(Path.Combine(folder, name)))
            .FirstOrDefault(path => path is not null);

    private static string Describe(ToolStatus status) =>
        status.State == ToolState.Missing
            ? $"{status.Tool.Name} is missing ({status.MissingPrograms}): {status.Install}"
            : $"{status.Tool.Name} is too old ({status.Version?.ToString() ?? "no version found"}, {status.Tool.Minimum} or later): {status.Install}";
}
