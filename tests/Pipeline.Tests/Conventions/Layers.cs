using System.Text.RegularExpressions;

namespace Slipway.Pipeline.Tests.Conventions;

public sealed class Layers
{
    [Test]
    public void DeploymentKnowsNoOtherLayerAndNoPackageButNuGetVersioning() =>
        typeof(Releases.Release)
            .Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name =>
                !name.StartsWith("System", StringComparison.Ordinal)
                && name is not ("NuGet.Versioning" or "netstandard")
            )
            .ShouldBeEmpty();

    [Test]
    public void ToolsDoNotKnowCake() =>
        typeof(Tools.Command)
            .Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name.StartsWith("Cake", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Test]
    public void OnlyTheCompositionRootKnowsMoreThanCakeFrosting() =>
        Repository
            .Files("build/Pipeline", "*.cs")
            .Where(file =>
                Path.GetFileName(file) != "Program.cs"
                && File.ReadAllText(file).Contains("Slipway.Host", StringComparison.Ordinal)
            )
            .Select(file =>
                $"{Repository.Relative(file)}: would not compile against the package Cake.Frosting; add a port to HostPorts"
            )
            .ShouldBeEmpty();

    /// <summary>What one tool cannot do without another, and why.</summary>
    private static readonly HashSet<(string Tool, string Uses)> Joined =
    [
        ("Backups", "Postgres"), // a backup streams from the database
        ("Backups", "Storage"), // into the store
        ("Migrations", "Postgres"), // a migration is judged by the schema that is there
        ("Migrations", "Dbmate"), // and applied by the program that is configured
    ];

    /// <summary>A tool folder names only its own types, those of Tools/Process, and those of Deployment.</summary>
    [Test]
    public void AToolKnowsNoOtherToolButProcess()
    {
        var declared = new Regex(
            @"^\s*(?:public|internal)\s+(?:(?:static|sealed|abstract|partial|readonly)\s+)*(?:class|record(?:\s+struct)?|interface|enum|struct)\s+(?<name>\w+)",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture
        );
        var folders = Directory
            .GetDirectories(Path.Combine(Repository.Root, "build", "Tools"))
            .Select(folder =>
                (
                    Name: Path.GetFileName(folder),
                    Sources: Directory
                        .GetFiles(folder, "*.cs", SearchOption.AllDirectories)
                        .Select(File.ReadAllText)
                        .ToArray()
                )
            )
            .ToArray();
        var home = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, sources) in folders)
        foreach (var match in sources.SelectMany(source => declared.Matches(source)))
            home[match.Groups["name"].Value] = name;
        var crossings =
            from folder in folders
            from source in folder.Sources
            from word in Words(source).Distinct()
            where
                home.TryGetValue(word, out var owner)
                && owner != folder.Name
                && owner != "Process"
                && !Joined.Contains((folder.Name, owner))
            select $"Tools/{folder.Name} names {word} of Tools/{home[word]}: a port in Deployment or a parameter joins them";
        crossings.Distinct().ShouldBeEmpty();
    }

    private static IEnumerable<string> Words(string source)
    {
        var code = Regex.Replace(source, @"//[^\n]*|""(?:\\.|[^""\\\n])*""", "");
        // A type is named by new, as a receiver, or before a name.
        return Regex
            .Matches(code, @"(?<=\bnew\s+)[A-Z]\w+|(?<![.\w])[A-Z]\w+(?=\.|<|\??\s+[a-z_]\w*\s*[,;)=({])")
            .Select(match => match.Value);
    }
}
