using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>terraform's command lines. Values of variables travel by environment, never as arguments.</summary>
public static class TerraformCommands
{
    /// <summary>Time for an interrupted apply to finish what it is in the middle of and to free the lock.</summary>
    private static readonly TimeSpan ReleaseTime = TimeSpan.FromMinutes(2);

    /// <summary>Set by people at their terminals; here they would change our commands, or print secrets (the logs).</summary>
    private static readonly ImmutableArray<string> NotInherited =
    [
        "TF_CLI_ARGS",
        "TF_CLI_ARGS_init",
        "TF_CLI_ARGS_plan",
        "TF_CLI_ARGS_apply",
        "TF_CLI_ARGS_show",
        "TF_CLI_ARGS_output",
        "TF_CLI_ARGS_validate",
        "TF_CLI_ARGS_workspace",
        "TF_WORKSPACE",
        "TF_LOG",
        "TF_LOG_CORE",
        "TF_LOG_PROVIDER",
        "TF_LOG_PATH",
    ];

    public static Command Version(TerraformLayer layer) => Terraform(layer, "version", "-json");

    /// <param name="readOnlyLockFile">Whether the provider lock file is committed, and so is not to be changed.</param>
    public static Command Init(TerraformLayer layer, bool readOnlyLockFile)
    {
        var config = layer.BackendConfig;
        // A local state of a workspace would otherwise be put into the layer.
        if (config.TryGetValue("path", out var path) && !config.ContainsKey("workspace_dir"))
            config = config.Add("workspace_dir", Path.Combine(Path.GetDirectoryName(path) ?? ".", "workspaces"));
        string[] lockFile = readOnlyLockFile ? ["-lockfile=readonly"] : [];
        return Terraform(
            layer,
            [
                "init",
                "-input=false",
                "-no-color",
                "-reconfigure",
                .. lockFile,
                .. config.Select(pair => $"-backend-config={pair.Key}={pair.Value}"),
            ]
        ) with
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    public static Command InitWithoutBackend(TerraformLayer layer) =>
        Terraform(layer, "init", "-input=false", "-no-color", "-backend=false") with
        {
            Timeout = TimeSpan.FromMinutes(10),
        };

    public static Command SelectWorkspace(TerraformLayer layer, string workspace) =>
        Terraform(layer, "workspace", "select", "-no-color", "-or-create=true", workspace);

    /// <summary>Exit code 3: files that are not formatted, their names on standard output.</summary>
    public static Command FmtCheck(TerraformLayer layer) =>
        Terraform(layer, "fmt", "-check", "-recursive", "-list=true", "-no-color") with
        {
            SuccessExitCodes = [0, 3],
        };

    public static Command Validate(TerraformLayer layer) =>
        Terraform(layer, "validate", "-json") with
        {
            SuccessExitCodes = [0, 1],
        };

    /// <summary>Exit code 2: there are changes.</summary>
    public static Command Plan(TerraformLayer layer, PlanRequest request)
    {
        string[] variables = layer.VariablesFile is { } file ? [$"-var-file={file}"] : [];
        string[] destroy = request.Destroy ? ["-destroy"] : [];
        return Locked(
            layer,
            [
                "plan",
                "-input=false",
                "-no-color",
                "-detailed-exitcode",
                LockTimeout(layer),
                $"-out={request.PlanFile}",
                .. variables,
                .. destroy,
                .. request.Replace.Select(address => $"-replace={address}"),
            ]
        ) with
        {
            SuccessExitCodes = [0, 2],
        };
    }

    public static Command ShowPlan(TerraformLayer layer, string planFile) =>
        Terraform(layer, "show", "-json", planFile) with
        {
            SecretOutput = true,
            OutputLimit = 256 * 1024 * 1024,
        };

    public static Command Apply(TerraformLayer layer, string planFile) =>
        Locked(layer, ["apply", "-input=false", "-no-color", LockTimeout(layer), planFile]);

    public static Command Output(TerraformLayer layer) =>
        Terraform(layer, "output", "-json", "-no-color") with
        {
            SecretOutput = true,
        };

    public static Command Destroy(TerraformLayer layer)
    {
        string[] variables = layer.VariablesFile is { } file ? [$"-var-file={file}"] : [];
        return Locked(
            layer,
            ["destroy", "-auto-approve", "-input=false", "-no-color", LockTimeout(layer), .. variables]
        );
    }

    private static string LockTimeout(TerraformLayer layer) => $"-lock-timeout={(long)layer.LockTimeout.TotalSeconds}s";

    /// <summary>A command that holds the state's lock: it is interrupted, not terminated, so that it frees it.</summary>
    private static Command Locked(TerraformLayer layer, ImmutableArray<string> arguments) =>
        Terraform(layer, arguments) with
        {
            InterruptOnCancel = true,
            Grace = ReleaseTime,
        };

    private static Command Terraform(TerraformLayer layer, params ImmutableArray<string> arguments)
    {
        var environment = Command.Of("terraform").Environment.ToBuilder();
        foreach (var name in NotInherited)
            environment[name] = null;
        environment["TF_DATA_DIR"] = layer.DataFolder;
        environment["TF_IN_AUTOMATION"] = "1";
        environment["CHECKPOINT_DISABLE"] = "1";
        foreach (var (name, value) in layer.Variables)
            environment[$"TF_VAR_{name}"] = value;
        return new Command("terraform", arguments)
        {
            WorkingDirectory = layer.Folder,
            Environment = environment.ToImmutable(),
            Secrets = layer.Credentials.AddRange(
                layer.SecretVariables.Select(pair => KeyValuePair.Create($"TF_VAR_{pair.Key}", pair.Value))
            ),
        };
    }
}
