using System.Collections.Immutable;
using Slipway.Infrastructure;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Runs terraform on one layer of one environment.</summary>
public sealed class Terraform(ICommandRunner runner, Redactor redactor, TerraformLayer layer)
{
    private const string ConfigFile = "TF_CLI_CONFIG_FILE";

    /// <summary>Two at a time would lock each other out of the same data folder, and stages run at the same time.</summary>
    private static readonly SemaphoreSlim OneInit = new(1, 1);

    public TerraformLayer Layer { get; } = layer;

    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        TerraformJson.Version((await Run(TerraformCommands.Version(Layer), null, cancellation)).Output);

    /// <summary>Initialises the backend and selects the workspace, which is made when it is new.</summary>
    public async Task InitAsync(Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Layer.DataFolder);
        var hasLockFile = File.Exists(Path.Combine(Layer.Folder, ".terraform.lock.hcl"));
        await OneInit.WaitAsync(cancellation);
        try
        {
            await Run(TerraformCommands.Init(Layer, hasLockFile), onLine, cancellation);
        }
        finally
        {
            OneInit.Release();
        }
        if (Layer.Workspace is { } workspace)
            await Run(TerraformCommands.SelectWorkspace(Layer, workspace), onLine, cancellation);
    }

    /// <summary>Initialises modules and providers only: enough to validate, and nothing outside is touched.</summary>
    public async Task InitWithoutBackendAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Layer.DataFolder);
        await Run(TerraformCommands.InitWithoutBackend(Layer), null, cancellation);
    }

    /// <summary>Files that are not formatted; <c>terraform fmt -recursive</c> is what to type then.</summary>
    public async Task<ImmutableArray<string>> UnformattedFilesAsync(CancellationToken cancellation)
    {
        var result = await Run(TerraformCommands.FmtCheck(Layer), null, cancellation);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Errors and warnings; none when the layer is valid.</summary>
    public async Task<ImmutableArray<TerraformDiagnostic>> ValidateAsync(CancellationToken cancellation) =>
        TerraformJson.Diagnostics((await Run(TerraformCommands.Validate(Layer), null, cancellation)).Output);

    /// <summary>Initialises, and refuses a layer that is not formatted or not valid.</summary>
    /// <exception cref="PipelineException">Names every file and finding.</exception>
    public async Task DemandSoundAsync(Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        await InitAsync(onLine, cancellation);
        await DemandWrittenWellAsync(cancellation);
    }

    /// <summary>Refuses a layer that is not formatted or not valid; it must be initialised.</summary>
    public async Task DemandWrittenWellAsync(CancellationToken cancellation)
    {
        if (await UnformattedFilesAsync(cancellation) is { IsEmpty: false } files)
            throw new PipelineException(
                $"not formatted in {Layer.Folder}: {string.Join(", ", files)}",
                next: "terraform fmt -recursive"
            );
        var errors = (await ValidateAsync(cancellation)).Where(finding => finding.Severity == "error").ToArray();
        if (errors.Length > 0)
            throw new PipelineException(
                string.Join(
                    '\n',
                    errors.Select(finding =>
                        $"{finding.File ?? Layer.Folder}:{finding.Line}: {finding.Summary} {finding.Detail}"
                    )
                ),
                next: "correct the layer"
            );
    }

    /// <summary>Makes a plan file; false when there is nothing to change.</summary>
    /// <exception cref="StateLockedException">Somebody else holds the lock.</exception>
    public async Task<bool> PlanAsync(PlanRequest request, Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(request.PlanFile))!);
        var result = await Run(TerraformCommands.Plan(Layer, request), onLine, cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(request.PlanFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return result.ExitCode == 2;
    }

    /// <summary>What a plan file would do; resources that stay as they are are left out.</summary>
    /// <param name="isProtected">Whether an address may not be destroyed or replaced.</param>
    public async Task<ImmutableArray<ResourceChange>> ShowPlanAsync(
        string planFile,
        Func<string, bool> isProtected,
        CancellationToken cancellation
    )
    {
        var result = await Run(TerraformCommands.ShowPlan(Layer, planFile), null, cancellation);
        return TerraformJson.Changes(result.SecretOutput!.Reveal(), isProtected);
    }

    /// <summary>Applies exactly that plan. Cancelled, terraform is interrupted and frees the lock.</summary>
    /// <exception cref="StalePlanException">The state changed after the plan.</exception>
    /// <exception cref="StateLockedException">Somebody else holds the lock.</exception>
    /// <exception cref="CommandFailedException">The apply failed.</exception>
    public async Task ApplyAsync(string planFile, Action<OutputLine>? onLine, CancellationToken cancellation) =>
        await Run(TerraformCommands.Apply(Layer, planFile), onLine, cancellation);

    /// <summary>Reads the outputs; the sensitive ones are registered for redaction before this returns.</summary>
    public async Task<TerraformOutputs> OutputsAsync(CancellationToken cancellation)
    {
        var result = await Run(TerraformCommands.Output(Layer), null, cancellation);
        var outputs = TerraformJson.Outputs(result.SecretOutput!.Reveal());
        foreach (var secret in outputs.Sensitive.Values)
            redactor.Register(secret);
        return outputs;
    }

    /// <exception cref="StateLockedException">Somebody else holds the lock.</exception>
    public async Task DestroyAsync(Action<OutputLine>? onLine, CancellationToken cancellation) =>
        await Run(TerraformCommands.Destroy(Layer), onLine, cancellation);

    private async Task<CommandResult> Run(Command command, Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        // A configuration file that is named but missing makes every command warn, on standard output too.
        if (Environment.GetEnvironmentVariable(ConfigFile) is { Length: > 0 } file && !File.Exists(file))
            command = command.With(ConfigFile, OperatingSystem.IsWindows() ? "NUL" : "/dev/null");
        try
        {
            return await runner.RunAsync(command, onLine, cancellation);
        }
        catch (CommandFailedException failure)
        {
            if (TerraformErrors.Of(failure) is var typed && typed != failure)
                throw typed;
            throw;
        }
    }
}
