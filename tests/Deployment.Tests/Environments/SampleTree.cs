using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

/// <summary>The smallest configuration that is valid, and the shipped one, to be spoilt by tests.</summary>
internal static class SampleTree
{
    public const string Recipient = "age1tq5udwqnyhz7ykrvkc996wcwp3n23pazfwmv0ncqf5n2l3dczqhs6g0t3j";

    public const string Encrypted = $$"""
        {"data":"ENC[AES256_GCM,data:aa,iv:bb,tag:cc,type:str]",
         "sops":{"age":[{"recipient":"{{Recipient}}","enc":"…"}],"mac":"ENC[AES256_GCM,data:aa,iv:bb,tag:cc,type:str]"} }
        """;

    public const string DevFile = "environments/dev/environment.json";

    public const string Dev = $$"""
        {
          "name": "dev",
          "engine": "process",
          "branches": ["feature/*"],
          "services": [{ "name": "web", "healthPath": "/health" }],
          "secretRecipients": ["{{Recipient}}"]
        }
        """;

    public const string Product = """
        { "name": "sample", "defaultEnvironment": "dev", "subProjects": [{ "path": "" }] }
        """;

    public static ConfigurationTree Small { get; } =
        ConfigurationTree
            .Empty.With(DevFile, Dev)
            .With("environments/dev/secrets.enc", Encrypted)
            .With("slipway.json", Product);

    /// <summary>With members added to dev's file.</summary>
    public static ConfigurationTree WithDev(string members) =>
        Small.With(DevFile, Dev.TrimEnd()[..^1] + "," + members + "}");

    /// <summary>With a piece of dev's file replaced.</summary>
    public static ConfigurationTree WithDev(string old, string replacement)
    {
        Dev.ShouldContain(old);
        return Small.With(DevFile, Dev.Replace(old, replacement, StringComparison.Ordinal));
    }

    public static IEnumerable<string> ErrorsOf(ConfigurationTree tree) =>
        Configuration.Read(tree).Errors.Select(error => error.ToString());

    public static string Root { get; } = FindRoot();

    public static ConfigurationTree Shipped()
    {
        var tree = ConfigurationTree.Empty;
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(Root, "environments"), "*", SearchOption.AllDirectories)
                .Append(Path.Combine(Root, "slipway.json"))
        )
            tree = tree.With(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllBytes(file));
        return tree;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "slipway.json")))
            folder = folder.Parent;
        return folder.ShouldNotBeNull("slipway.json stands at the root of the repository").FullName;
    }
}
