using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Slipway.Environments;

/// <summary>The keys of <c>environment.json</c> and <c>region.json</c>. What the values must be to each other: <see cref="EnvironmentRules"/>.</summary>
internal static class EnvironmentReader
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly FrozenDictionary<string, EngineKind> Engines = Enum.GetValues<EngineKind>()
        .ToFrozenDictionary(kind => kind.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly TextRule Backend = new(
        "one of http, local, pg, s3",
        name => name is "local" or "s3" or "pg" or "http"
    );

    private static readonly FrozenDictionary<string, DayOfWeek> Days = Enum.GetValues<DayOfWeek>()
        .ToFrozenDictionary(day => day.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static EnvironmentConfiguration Read(ConfigurationSection section)
    {
        section.Text("$schema", TextRule.Any);
        return new EnvironmentConfiguration
        {
            Name = section.RequiredText("name", TextRule.EnvironmentName),
            IsProduction = section.Flag("isProduction"),
            RequiresApproval = section.Flag("requiresApproval"),
            Branches = section.Texts("branches", TextRule.Branch),
            VersionTags = section.Flag("versionTags"),
            Engine = section.Require(
                "engine",
                "one of " + string.Join(", ", Engines.Keys.Order(StringComparer.Ordinal))
            )
                ? section.Choice("engine", Engines) ?? EngineKind.Process
                : EngineKind.Process,
            Registry = section.Text("registry", TextRule.Registry),
            PublicUrl = section.Url("publicUrl"),
            Terraform = section.Section("terraform", ReadTerraform),
            Database = section.Section("database", ReadDatabase),
            Backup = section.Section("backup", ReadBackup),
            Services = section.Require("services", "a list with at least one service")
                ? section.Sections("services", ReadService)
                : [],
            Rollout = section.Section("rollout", ReadRollout) ?? new(),
            Health = section.Section("health", ReadHealth) ?? new(),
            CriticalEndpoints = section.Sections("criticalEndpoints", ReadEndpoint),
            FreezeWindows = section.Sections("freezeWindows", ReadFreezeWindow),
            Notifications = section.Section("notifications", ReadNotifications) ?? new(Mail: []),
            RequiredChecks = section.Texts("requiredChecks", TextRule.Any),
            SecretNames = section.Texts("secretNames", TextRule.SecretName),
            SecretRecipients = section.Texts("secretRecipients", TextRule.AgeRecipient),
            RollbackWindow = section.Duration("rollbackWindow", TimeSpan.FromDays(30)) ?? TimeSpan.FromMinutes(60),
        };
    }

    public static RegionConfiguration ReadRegion(ConfigurationSection section)
    {
        section.Text("$schema", TextRule.Any);
        var name = section.RequiredText("name", TextRule.RegionName);
        var mappings = section.TextMap("cloudMappings", TextRule.CloudName, TextRule.CloudRegion);
        if (section.Require("cloudMappings", "at least one cloud, e.g. { \"aws\": \"us-east-1\" }") && mappings.IsEmpty)
            section.Error("cloudMappings", "is empty", "at least one cloud, e.g. { \"aws\": \"us-east-1\" }");
        return new(name, mappings, (int)section.Integer("order", 0, 0, 1000), section.Url("publicUrl"));
    }

    private static TerraformSettings ReadTerraform(ConfigurationSection section)
    {
        var settings = new TerraformSettings(
            section.RequiredText("layer", TextRule.LayerName),
            section.Text("workspace", TextRule.Workspace),
            section.Text("backend", Backend) ?? "local",
            section.TextMap("backendConfig", TextRule.Identifier, TextRule.BackendSetting),
            section.Texts("protected", TextRule.Any),
            section.Text("variablesFile", TextRule.RelativePath),
            section.Duration("lockTimeout", Day) ?? TimeSpan.FromMinutes(5)
        );
        foreach (var key in settings.BackendConfig!.Keys.Where(LooksSecret))
            section.Error(
                $"backendConfig.{key}",
                "names a secret",
                "credentials from the login of the run, never from a file"
            );
        return settings;
    }

    private static bool LooksSecret(string key) =>
        new[] { "secret", "password", "token", "access_key", "conn_str" }.Any(word =>
            key.Contains(word, StringComparison.OrdinalIgnoreCase)
        );

    private static DatabaseSettings ReadDatabase(ConfigurationSection section) =>
        new(
            section.Text("urlSecret", TextRule.SecretName),
            section.Text("urlOutput", TextRule.Identifier),
            section.Duration("lockTimeout", Day) ?? TimeSpan.FromSeconds(5),
            section.Duration("statementTimeout", Day) ?? TimeSpan.FromMinutes(5)
        );

    private static BackupSettings ReadBackup(ConfigurationSection section) =>
        new(
            section.RequiredText("store", TextRule.BackupStore),
            (int)section.Integer("retentionDays", 365, 1, 36_500),
            section.Url("endpoint"),
            section.Text("region", TextRule.CloudRegion)
        );

    private static ServiceSettings ReadService(ConfigurationSection section) =>
        new(
            section.RequiredText("name", TextRule.ServiceName),
            section.RequiredText("healthPath", TextRule.UrlPath),
            [
                .. section
                    .Texts("routes", TextRule.UrlPath)
                    .OrderByDescending(route => route.Length)
                    .ThenBy(route => route, StringComparer.Ordinal),
            ],
            (int)section.Integer("instances", 1, 1, 1000)
        );

    private static RolloutSettings ReadRollout(ConfigurationSection section)
    {
        var defaults = new RolloutSettings();
        var stages = section.Sections("stages", ReadStage);
        return new RolloutSettings
        {
            Stages = section.Has("stages") ? stages : defaults.Stages,
            CheckInterval = section.Duration("checkInterval", Day) ?? defaults.CheckInterval,
            DrainTimeout = section.Duration("drainTimeout", Day) ?? defaults.DrainTimeout,
            MinimumRequests = (int)section.Integer("minimumRequests", defaults.MinimumRequests, 0, 100_000_000),
            FalseAbortProbability = section.Fraction("falseAbortProbability", defaults.FalseAbortProbability, 0.5),
            LatencyFloor = section.Duration("latencyFloor", Day) ?? defaults.LatencyFloor,
            HoldLimit = section.Duration("holdLimit", Day) ?? defaults.HoldLimit,
            StickyBy = section.Text("stickyBy", TextRule.Header),
            SyntheticRequestsPerSecond = (int)section.Integer("syntheticRequestsPerSecond", 0, 0, 100_000),
            Metrics = section.Section("metrics", MetricsReader.Read) ?? defaults.Metrics,
        };
    }

    private static RolloutStage ReadStage(ConfigurationSection section) =>
        new(
            section.RequiredText("name", TextRule.ServiceName),
            (int)section.RequiredInteger("trafficPercentage", 1, 100),
            section.RequiredDuration("duration", TimeSpan.FromDays(7)),
            section.Flag("requiresApproval")
        );

    private static HealthSettings ReadHealth(ConfigurationSection section)
    {
        var defaults = new HealthSettings();
        return new(
            section.Duration("timeout", Day) ?? defaults.Timeout,
            (int)section.Integer("retries", defaults.Retries, 1, 1000),
            section.Duration("interval", Day) ?? defaults.Interval
        );
    }

    private static SmokeEndpoint ReadEndpoint(ConfigurationSection section) =>
        new(
            section.RequiredText("name", TextRule.Any),
            section.RequiredText("path", TextRule.UrlPath),
            section.Text("method", TextRule.HttpMethod) ?? "GET",
            (int)section.Integer("expectedStatus", 200, 100, 599),
            section.Text("bodyContains", TextRule.Any)
        );

    private static FreezeWindow ReadFreezeWindow(ConfigurationSection section)
    {
        var window = new FreezeWindow(
            section.RequiredText("name", TextRule.Any),
            section.Instant("from"),
            section.Instant("to"),
            [.. section.Texts("days", new("a day like friday", Days.ContainsKey)).Select(day => Days[day])],
            section.TimeOfDay("dailyFrom"),
            section.TimeOfDay("dailyTo")
        );
        var once = section.Has("from") || section.Has("to");
        var weekly = section.Has("days") || section.Has("dailyFrom") || section.Has("dailyTo");
        if (once == weekly)
            section.Error(
                "name",
                "has a window that is neither once nor weekly",
                "either from and to, or days, dailyFrom and dailyTo"
            );
        else if (once)
            CheckOnce(section, window);
        else
            foreach (var key in new[] { "days", "dailyFrom", "dailyTo" })
                section.Require(key, "days, dailyFrom and dailyTo for a weekly window");
        return window;
    }

    private static void CheckOnce(ConfigurationSection section, FreezeWindow window)
    {
        var complete = section.Require("from", "an instant") & section.Require("to", "an instant");
        if (complete && window.From >= window.To)
            section.Error("to", "is not after from", "an instant after from");
    }

    private static NotificationSettings ReadNotifications(ConfigurationSection section) =>
        new(
            section.Text("slackWebhookSecret", TextRule.SecretName),
            section.Texts("mail", TextRule.Mail),
            section.Text("onCall", TextRule.Any)
        );
}
