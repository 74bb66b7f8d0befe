using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>What the values of one <c>environment.json</c> must be to each other and to the folder it stands in.</summary>
internal static class EnvironmentRules
{
    public static void Check(EnvironmentConfiguration environment, string folder, ConfigurationErrors errors)
    {
        if (environment.Name.Length > 0 && environment.Name != folder)
            errors.Add("name", $"is {QuotedText.Of(environment.Name)}", $"the name of its folder, \"{folder}\"");
        if (folder == "production" && !environment.IsProduction)
            errors.Add("isProduction", "is false", "true: the environment production is a production environment");
        if ((folder == "production" || environment.IsProduction) && !environment.RequiresApproval)
            errors.Add("requiresApproval", "is false", "true: a production environment needs approval");
        CheckEngine(environment, errors);
        CheckTerraform(environment, errors);
        CheckDatabase(environment, errors);
        CheckBackup(environment, errors);
        ServiceRules.Check(environment, errors);
        RolloutRules.Check(environment, errors);
        CheckSecrets(environment, errors);
        Unique(environment.CriticalEndpoints.Select(endpoint => endpoint.Name), "criticalEndpoints", errors);
        Unique(environment.FreezeWindows.Select(window => window.Name), "freezeWindows", errors);
    }

    /// <summary>Adds an error for every name that a list holds twice.</summary>
    internal static void Unique(IEnumerable<string> names, string list, ConfigurationErrors errors)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, name) in names.Index())
            if (name.Length > 0 && !seen.TryAdd(name, index))
                errors.Add(
                    $"{list}[{index}].name",
                    $"{QuotedText.Of(name)} is also the name of {list}[{seen[name]}]",
                    "each name once"
                );
    }

    private static void CheckEngine(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        var engine = environment.Engine;
        if (engine == EngineKind.Process && environment.IsProduction)
            errors.Add(
                "engine",
                "is process, which runs on this machine",
                "docker, terraform or kubernetes for production"
            );
        if (engine is EngineKind.Terraform or EngineKind.Kubernetes)
        {
            if (environment.Registry is null)
                errors.Add(
                    "registry",
                    "is missing",
                    $"a registry, from which the engine {Name(engine)} takes its images"
                );
            if (environment.PublicUrl is null)
                errors.Add(
                    "publicUrl",
                    "is missing",
                    $"the URL of the product: the engine {Name(engine)} is not on this machine"
                );
        }
        if (environment is { IsProduction: true, PublicUrl.Scheme: "http" })
            errors.Add("publicUrl", "is http", "https for a production environment");
        if (engine == EngineKind.Terraform && environment.Terraform is null)
            errors.Add("terraform", "is missing", "layer and backend: the engine terraform needs them");
        if (engine == EngineKind.Docker && environment.Registry is null && environment.IsProduction)
            errors.Add("registry", "is missing", "a registry that the production host can pull from");
    }

    private static void CheckTerraform(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        if (environment.Terraform is not { } terraform)
            return;
        if (environment.Engine == EngineKind.Terraform && terraform.Backend == "local")
            errors.Add("terraform.backend", "is local", "http, pg or s3: state that is shared by all who deploy");
        if (terraform.Backend == "s3")
            foreach (var key in new[] { "bucket", "key", "region" })
                if (!terraform.BackendConfig!.ContainsKey(key))
                    errors.Add(
                        $"terraform.backendConfig.{key}",
                        "is missing",
                        "bucket, key and region for the backend s3"
                    );
        if (
            terraform.VariablesFile is { } file
            && IsOutside(file, "terraform")
            && IsOutside(file, ConfigurationTree.Root)
        )
            errors.Add(
                "terraform.variablesFile",
                $"is {QuotedText.Of(file)}",
                "a path inside terraform/ or environments/"
            );
    }

    private static bool IsOutside(string path, string folder) =>
        !path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static void CheckDatabase(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        if (environment.Database is not { } database)
            return;
        if (database.UrlSecret is null == database.UrlOutput is null)
            errors.Add(
                "database",
                database.UrlSecret is null
                    ? "does not say where the connection URL is"
                    : "says twice where the connection URL is",
                "either urlSecret or urlOutput"
            );
        if (database.UrlSecret is { } secret && !environment.SecretNames.Contains(secret))
            errors.Add("database.urlSecret", $"{secret} is not declared", "a name that stands in secretNames");
        if (database.UrlOutput is not null && environment.Terraform is null)
            errors.Add("database.urlOutput", "needs Terraform", "a terraform section whose layer has this output");
        if (environment.Backup is null)
            errors.Add("backup", "is missing", "a store: nothing is migrated without a backup");
        if (environment is { IsProduction: true, Backup.RetentionDays: < 365 })
            errors.Add(
                "backup.retentionDays",
                $"is {environment.Backup.RetentionDays}",
                "at least 365 for production (one year)"
            );
        if (
            environment is { IsProduction: true, Backup: { } backup }
            && backup.Store.StartsWith("file:", StringComparison.Ordinal)
        )
            errors.Add("backup.store", "is a folder of this machine", "an s3:// store for production");
    }

    private static void CheckBackup(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        if (environment.Backup is not { } backup)
            return;
        if (backup.AccessKeySecret is null != backup.SecretKeySecret is null)
            errors.Add(
                backup.AccessKeySecret is null ? "backup.accessKeySecret" : "backup.secretKeySecret",
                "is missing",
                "the names of both secrets, or of none for AWS's own chain"
            );
        Declared("accessKeySecret", backup.AccessKeySecret);
        Declared("secretKeySecret", backup.SecretKeySecret);
        if (backup is { Encrypt: false, KmsKeyId: not null })
            errors.Add("backup.kmsKeyId", "names a key, and encrypt is false", "one of them");
        if (
            !backup.IsBucket
            && backup
                is { AccessKeySecret: not null }
                    or { Encrypt: false }
                    or { KmsKeyId: not null }
                    or { ObjectLock: true }
                    or { Checksums: false }
        )
            errors.Add("backup.store", "is a folder, and there are settings for a bucket", "an s3:// store");

        void Declared(string key, string? secret)
        {
            if (secret is not null && !environment.SecretNames.Contains(secret))
                errors.Add($"backup.{key}", $"{secret} is not declared", "a name that stands in secretNames");
        }
    }

    private static void CheckSecrets(EnvironmentConfiguration environment, ConfigurationErrors errors)
    {
        if (environment.Notifications.SlackWebhookSecret is { } webhook && !environment.SecretNames.Contains(webhook))
            errors.Add(
                "notifications.slackWebhookSecret",
                $"{webhook} is not declared",
                "a name that stands in secretNames"
            );
        if (environment.SecretRecipients.IsEmpty)
            errors.Add("secretRecipients", "is empty", "the age recipients that may decrypt secrets.enc");
    }

    private static string Name(EngineKind engine) => engine.ToString().ToLowerInvariant();
}
