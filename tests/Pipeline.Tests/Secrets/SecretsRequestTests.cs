using Slipway.Outcomes;

namespace Slipway.Pipeline.Tests.Secrets;

public class SecretsRequestTests
{
    private static readonly RequestArgument Set = SecretsRequest.Arguments.Single(argument => argument.Name == "set");

    [TestCase("", SecretsAction.Check, null)]
    [TestCase("names", SecretsAction.Names, null)]
    [TestCase("init", SecretsAction.Init, null)]
    [TestCase("set=TOKEN", SecretsAction.Set, "TOKEN")]
    [TestCase("remove=TOKEN", SecretsAction.Remove, "TOKEN")]
    [TestCase("rotate", SecretsAction.Rotate, null)]
    [TestCase("edit", SecretsAction.Edit, null)]
    public void OneActionIsTaken(string argument, SecretsAction action, string? name) =>
        From(argument).ShouldBe(new SecretsRequest(action, name));

    [Test]
    public void TwoAreRefused() =>
        Should.Throw<PipelineException>(() => From("set=TOKEN", "rotate")).ExitCode.ShouldBe(ExitCode.Usage);

    [TestCase("TOKEN=hunter2")]
    [TestCase("ghp 123")]
    [TestCase("")]
    [TestCase("a\nb")]
    public void AValueWhereTheNameBelongsIsExplainedAndNotRepeated(string typed)
    {
        var why = Set.Validate!(typed).ShouldNotBeNull();
        why.ShouldContain("standard input");
        why.ShouldContain("process list");
        if (typed.Length > 0)
            why.ShouldNotContain(typed);
        Set.Secret.ShouldBeTrue("the host shows *** instead of what was typed");
    }

    [Test]
    public void ANameIsTaken() => Set.Validate!("SLACK_WEBHOOK").ShouldBeNull();

    private static SecretsRequest From(params string[] arguments)
    {
        var given = arguments
            .Select(argument => argument.Split('='))
            .ToDictionary(parts => parts[0], parts => parts.ElementAtOrDefault(1), StringComparer.Ordinal);
        return SecretsRequest.From(name => given.GetValueOrDefault(name), given.ContainsKey);
    }
}
