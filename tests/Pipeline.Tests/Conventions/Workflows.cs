using System.Text.RegularExpressions;
using Cake.Frosting;

namespace Slipway.Pipeline.Tests.Conventions;

public sealed class Workflows
{
    private static IEnumerable<string> All => Repository.Files(".github/workflows", "*.yml");

    [Test]
    public void CallOnlyTargetsThatExist()
    {
        var targets = typeof(Program)
            .Assembly.GetTypes()
            .Where(type => typeof(IFrostingTask).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type =>
                type.GetCustomAttributes(typeof(TaskNameAttribute), false)
                    .OfType<TaskNameAttribute>()
                    .FirstOrDefault()
                    ?.Name
                ?? type.Name
            )
            .ToHashSet(StringComparer.Ordinal);
        var called =
            from file in All.Append(Path.Combine(Repository.Root, "README.md"))
                .Append(Path.Combine(Repository.Root, ".ci", "run"))
            from match in Regex.Matches(File.ReadAllText(file), @"--target=(\w+)")
            select (File: Repository.Relative(file), Target: match.Groups[1].Value);
        called.ShouldNotBeEmpty();
        called
            .Where(call => !targets.Contains(call.Target))
            .Select(call => $"{call.File}: no target {call.Target}")
            .ShouldBeEmpty();
    }

    [Test]
    public void PinActionsByCommit() =>
        Lines(@"uses:\s*(?<what>\S+)")
            .Where(use => !Regex.IsMatch(use.Text, @"uses:\s*\S+@[0-9a-f]{40} # v\d"))
            .Select(use => $"{use.File}: {use.Text}: pin by full commit with the version as a comment")
            .ShouldBeEmpty();

    [Test]
    public void NeverPutAnExpressionIntoAScript() =>
        Lines(@"run:.*\$\{\{").Select(line => $"{line.File}: {line.Text}: hand it in by env").ShouldBeEmpty();

    [Test]
    public void StartWithReadOnlyPermissions() =>
        All.Where(file =>
                !Regex.IsMatch(File.ReadAllText(file), @"^permissions:\n  contents: read$", RegexOptions.Multiline)
            )
            .Select(file => $"{Repository.Relative(file)}: permissions: contents: read at the top, writes on the job")
            .ShouldBeEmpty();

    [Test]
    public void BoundEveryJobInTime() =>
        All.Where(file =>
            {
                var text = File.ReadAllText(file);
                return Regex.Count(text, @"runs-on:") != Regex.Count(text, @"timeout-minutes:");
            })
            .Select(file => $"{Repository.Relative(file)}: timeout-minutes on every job")
            .ShouldBeEmpty();

    private static IEnumerable<(string File, string Text)> Lines(string pattern) =>
        from file in All
        from line in File.ReadLines(file)
        where Regex.IsMatch(line, pattern)
        select (Repository.Relative(file), line.Trim());
}
