namespace Slipway.Tools.Tests;

public class ProjectFilesTests
{
    private ScratchFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    private Task<ProjectTree> Read() => new ProjectFiles(_folder.Path).ReadAsync(CancellationToken.None);

    [Test]
    public async Task ReadsTheConfigurationAndNothingElse()
    {
        _folder.File("slipway.json", "{}");
        _folder.File("environments/dev/environment.json", "\uFEFF{\"ü\":1}");
        _folder.File("environments/dev/regions/us-east/region.json", "r");
        _folder.File("other/file.json", "x");
        Directory.CreateDirectory(_folder.File("environments/empty"));

        var tree = await Read();

        tree.Files.ShouldBe(
            new Dictionary<string, string>
            {
                ["environments/dev/environment.json"] = "{\"ü\":1}",
                ["environments/dev/regions/us-east/region.json"] = "r",
                ["slipway.json"] = "{}",
            }
        );
        tree.Folders.ShouldBe([
            "environments",
            "environments/dev",
            "environments/dev/regions",
            "environments/dev/regions/us-east",
            "environments/empty",
        ]);
        tree.Problems.ShouldBeEmpty();
    }

    [Test]
    public async Task ReportsWhatItCannotReadAsText()
    {
        File.WriteAllBytes(_folder.File("environments/a/environment.json"), [0x7b, 0xff]);
        File.WriteAllBytes(_folder.File("environments/b/environment.json"), new byte[ProjectFiles.LargestFile + 1]);
        File.CreateSymbolicLink(_folder.File("environments/c.json"), "/etc/passwd");
        File.CreateSymbolicLink(_folder.File("environments/d"), "/etc");
        _folder.File("environments/e.json", "fine");

        var tree = await Read();

        tree.Files.Keys.ShouldBe(["environments/e.json"]);
        tree.Problems.Select(problem => problem.File)
            .ShouldBe(
                [
                    "environments/a/environment.json",
                    "environments/b/environment.json",
                    "environments/c.json",
                    "environments/d",
                ],
                ignoreOrder: true
            );
        tree.Problems.Single(problem => problem.File.StartsWith("environments/a"))
            .Problem.ShouldBe("is not UTF-8 (byte 1)");
    }

    [Test]
    public async Task AMissingTreeIsEmpty()
    {
        var tree = await Read();

        tree.Files.ShouldBeEmpty();
        tree.Problems.ShouldBeEmpty();
    }
}
