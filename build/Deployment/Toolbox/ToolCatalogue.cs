using System.Collections.Immutable;
using Slipway.Environments;

namespace Slipway.Toolbox;

/// <summary>Every program that the pipeline runs: the one list behind Doctor, Bootstrap and the checks before a target.</summary>
public static class ToolCatalogue
{
    private static readonly ImmutableArray<string> PostgresFolders =
    [
        "/usr/lib/postgresql/*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "$ProgramFiles/PostgreSQL/*/bin",
    ];

    private static readonly ImmutableArray<string> AndroidFolders =
    [
        "$ANDROID_HOME/build-tools/*",
        "$ANDROID_SDK_ROOT/build-tools/*",
    ];
    private const string AndroidOnMac = "--cask android-commandlinetools && sdkmanager \"build-tools;35.0.0\"";
    private const string AndroidOnWindows = "install the Android SDK, then: sdkmanager \"build-tools;35.0.0\"";

    public static Tool Git { get; } =
        new("git", ["git"], "versions, tags, the ledger", ["*"], new(["git"], "git", "Git.Git"))
        {
            Minimum = new(2, 30),
        };

    public static Tool Node { get; } =
        new(
            "node",
            ["node"],
            "the sample services and the tools from npm",
            ["BuildImages", "Migrate", "ProductionValidation", "Rollout", "SandboxUp", "Validate"],
            new(["nodejs"], "node", "OpenJS.NodeJS.LTS")
        )
        {
            Minimum = new(18, 0),
        };

    public static Tool Npm { get; } =
        new(
            "npm",
            ["npm"],
            "installs the tools from npm",
            ["Bootstrap", "BuildImages"],
            new(["npm"], "node", "OpenJS.NodeJS.LTS")
        )
        {
            Probe = VersionProbe.None,
        };

    public static Tool Terraform { get; } =
        new(
            "terraform",
            ["terraform"],
            "infrastructure, the sandbox included",
            ["SandboxDown", "SandboxUp", "TerraformDeploy", "TerraformPlan", "Validate"],
            new(
                [],
                "hashicorp/tap/terraform",
                "Hashicorp.Terraform",
                AptByHand: "add HashiCorp's repository (https://developer.hashicorp.com/terraform/install#linux), then: sudo apt-get install terraform"
            )
        )
        {
            Minimum = new(1, 5),
            VersionArguments = ["version"],
        };

    public static Tool PostgresServer { get; } =
        new(
            "postgresql server",
            ["postgres", "initdb", "pg_ctl"],
            "the sandbox's database, and the scratch database that proves a backup",
            ["Backup", "SandboxUp"],
            new(["postgresql"], "postgresql@16", "PostgreSQL.PostgreSQL.16")
        )
        {
            Minimum = new(15, 0),
            Folders = PostgresFolders,
        };

    public static Tool PostgresClient { get; } =
        new(
            "postgresql client",
            ["psql", "pg_dump", "pg_restore"],
            "dump and restore",
            ["Backup", "Migrate", "RestoreDatabase", "Rollback", "SandboxUp"],
            new(["postgresql-client"], "postgresql@16", "PostgreSQL.PostgreSQL.16")
        )
        {
            Minimum = new(15, 0),
            Folders = PostgresFolders,
        };

    public static Tool Haproxy { get; } =
        new(
            "haproxy",
            ["haproxy"],
            "the sandbox's load balancer",
            ["Rollout", "SandboxUp"],
            new(["haproxy"], "haproxy", WindowsByHand: "run the sandbox in WSL: sudo apt-get install haproxy")
        )
        {
            Minimum = new(2, 4),
            VersionArguments = ["-v"],
            Engines = [EngineKind.Process, EngineKind.Docker],
        };

    public static Tool Java { get; } =
        new(
            "java",
            ["java", "keytool"],
            "runs the Android build tools and makes the sandbox's signing key",
            ["BuildApk"],
            new(["default-jdk-headless"], "openjdk", "EclipseAdoptium.Temurin.17.JDK")
        )
        {
            Minimum = new(11, 0),
            VersionArguments = ["-version"],
        };

    public static Tool Apktool { get; } =
        new(
            "apktool",
            ["apktool"],
            "builds the sample app",
            ["BuildApk"],
            new(["apktool"], "apktool", WindowsByHand: "choco install apktool")
        )
        {
            Probe = VersionProbe.None,
        };

    public static Tool Apksigner { get; } = Android("apksigner", "signs and verifies the APK", "apksigner");

    public static Tool Zipalign { get; } = Android("zipalign", "aligns the APK", "zipalign");

    public static Tool Aapt2 { get; } = Android("aapt2", "reads package, version and SDKs of the APK", "aapt");

    public static Tool Chromium { get; } =
        new(
            "chromium",
            ["chromium|chromium-browser|google-chrome|chrome"],
            "the web flows",
            ["ProductionValidation"],
            new(["chromium"], "--cask chromium", "Google.Chrome")
        )
        {
            Probe = VersionProbe.None,
            Folders = ["/Applications/Chromium.app/Contents/MacOS", "$ProgramFiles/Google/Chrome/Application"],
        };

    public static Tool MaestroRunner { get; } =
        FromNpm("maestro-runner", "maestro-runner", "runs and checks the flows", ["ProductionValidation", "Validate"]);

    public static Tool Dbmate { get; } =
        FromNpm("dbmate", "dbmate", "applies migrations", ["Migrate", "Validate"]) with
        {
            // The binary itself: a signal does not get past npm's wrapper to the program behind it.
            Folders = ["node_modules/@dbmate/*/bin"],
        };

    public static Tool Squawk { get; } = FromNpm("squawk", "squawk-cli", "checks migrations", ["Migrate", "Validate"]);

    public static Tool Shellcheck { get; } =
        new(
            "shellcheck",
            ["shellcheck"],
            "checks shell scripts",
            ["Validate"],
            new(["shellcheck"], "shellcheck", "koalaman.shellcheck")
        )
        {
            Minimum = new(0, 7),
        };

    public static Tool Docker { get; } =
        new(
            "docker",
            ["docker"],
            "images; without it services run as processes",
            ["BuildImages", "Rollout", "SandboxUp"],
            new(["docker.io"], "--cask docker", "Docker.DockerDesktop")
        )
        {
            Minimum = new(20, 10),
            Engines = [EngineKind.Docker],
        };

    public static Tool DockerEngine { get; } =
        new(
            "docker engine",
            ["dockerd"],
            "an engine of their own for image tests: the client alone builds nothing",
            [],
            new(["docker.io"], WindowsByHand: "run the sandbox in WSL")
        )
        {
            Probe = VersionProbe.None,
            IsOptional = true,
        };

    public static Tool Busybox { get; } =
        new(
            "busybox",
            ["busybox"],
            "what the images of the tests are made of, where none can be pulled: it needs no library",
            [],
            new(["busybox-static"], WindowsByHand: "run the sandbox in WSL")
        )
        {
            Probe = VersionProbe.None,
            IsOptional = true,
        };

    public static Tool DockerRegistry { get; } =
        new(
            "docker-registry",
            ["docker-registry"],
            "a registry on this machine for image tests",
            [],
            new(["docker-registry"], WindowsByHand: "run the sandbox in WSL")
        )
        {
            Probe = VersionProbe.None,
            IsOptional = true,
        };

    public static Tool Age { get; } =
        new(
            "age",
            ["age"],
            "encrypts secrets files; reading them needs no program",
            [],
            new(["age"], "age", "FiloSottile.age")
        )
        {
            IsOptional = true,
        };

    public static Tool Pigz { get; } =
        new(
            "pigz",
            ["pigz"],
            "compares the backup's compression in the benchmark",
            [],
            new(["pigz"], "pigz", WindowsByHand: "run the sandbox in WSL")
        )
        {
            IsOptional = true,
        };

    public static Tool Prometheus { get; } =
        new(
            "prometheus",
            ["prometheus"],
            "a source of metrics for rollouts, and the tests of it",
            [],
            new(["prometheus"], "prometheus", WindowsByHand: "run the sandbox in WSL")
        )
        {
            Probe = VersionProbe.None,
            IsOptional = true,
        };

    public static Tool Aws { get; } =
        new(
            "aws",
            ["aws"],
            "metrics of CloudWatch, where an environment takes them from there",
            [],
            new(["awscli"], "awscli", "Amazon.AWSCLI")
        )
        {
            Minimum = new(1, 18),
            IsOptional = true,
        };

    public static ImmutableArray<Tool> All { get; } =
    [
        Git,
        Node,
        Npm,
        Terraform,
        PostgresServer,
        PostgresClient,
        Haproxy,
        Java,
        Apktool,
        Apksigner,
        Zipalign,
        Aapt2,
        Chromium,
        MaestroRunner,
        Dbmate,
        Squawk,
        Shellcheck,
        Docker,
        DockerEngine,
        Busybox,
        DockerRegistry,
        Age,
        Pigz,
        Prometheus,
        Aws,
    ];

    /// <summary>What the targets need on an engine, in the order of the list.</summary>
    public static ImmutableArray<Tool> For(IEnumerable<string> targets, EngineKind engine)
    {
        var wanted = targets.ToHashSet(StringComparer.Ordinal);
        return [.. All.Where(tool => wanted.Any(target => tool.IsNeededFor(target, engine)))];
    }

    private static Tool Android(string program, string purpose, string package) =>
        new(program, [program], purpose, ["BuildApk"], new([package], AndroidOnMac, WindowsByHand: AndroidOnWindows))
        {
            Probe = VersionProbe.None,
            Folders = AndroidFolders,
        };

    private static Tool FromNpm(string program, string package, string purpose, ImmutableArray<string> targets) =>
        new(program, [program], purpose, targets, new([], Npm: package)) { Probe = VersionProbe.NpmPackage };
}
