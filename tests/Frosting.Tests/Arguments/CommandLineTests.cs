using System.Collections.Immutable;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Arguments;

internal sealed class CommandLineTests
{
    private static readonly ImmutableArray<ArgumentDeclaration> s_program =
    [
        new("environment", "where") { ValueName = "name" },
        new("engine", "how") { Choices = ["process", "docker"] },
        new("regions", "which") { Kind = ArgumentKind.List, ValueName = "region" },
        new("force", "anyway") { Kind = ArgumentKind.Flag },
        new("token", "secret") { Secret = true, Choices = ["only-this"] },
        new("port", "number") { Validate = value => int.TryParse(value, out _) ? null : "expected a number" },
        new("version", "tag") { ValueName = "tag" },
    ];

    private static CommandLine Parse(params string[] words) =>
        CommandLine.Parse([.. words], [.. s_program, .. HostArguments.Beside(s_program)], strict: true);

    [Test]
    public void A_word_behind_a_secret_argument_is_not_repeated()
    {
        var problem = Parse("--token", "only-this", "hunter2hunter2").Problems.ShouldHaveSingleItem();
        problem.ShouldContain("belongs to no argument");
        problem.ShouldNotContain("hunter2");
    }

    [TestCase("--environment=sandbox", "environment", "sandbox")]
    [TestCase("--environment sandbox", "environment", "sandbox")]
    [TestCase("--Environment=sandbox", "environment", "sandbox")]
    [TestCase("--environment=a=b", "environment", "a=b")]
    [TestCase("-t Deploy", "target", "Deploy")]
    [TestCase("-t=Deploy", "target", "Deploy")]
    [TestCase("--Target=Deploy", "target", "Deploy")]
    [TestCase("-v diagnostic", "verbosity", "diagnostic")]
    [TestCase("-v d", "verbosity", "d")]
    [TestCase("-e", "exclusive", "true")]
    [TestCase("--exclusive", "exclusive", "true")]
    [TestCase("--force", "force", "true")]
    [TestCase("--force=true", "force", "true")]
    [TestCase("--whatif", "dryrun", "true")]
    [TestCase("--showtree", "tree", "true")]
    [TestCase("-h", "help", "true")]
    [TestCase("-w /tmp", "working", "/tmp")]
    [TestCase("--version=v1.2.3", "version", "v1.2.3")]
    [TestCase("--version v1.2.3", "version", "v1.2.3")]
    [TestCase("--port=12", "port", "12")]
    [TestCase("--parallel=4", "parallel", "4")]
    public void Understands(string line, string name, string value)
    {
        var parsed = Parse(line.Split(' '));
        parsed.Problems.ShouldBeEmpty();
        parsed.Value(name).ShouldBe(value);
    }

    [Test]
    public void Lists_are_separated_by_commas_or_repeated() =>
        Parse("--target=A,B", "-t", "C").List("target").ShouldBe(["A", "B", "C"]);

    [Test]
    public void A_flag_that_is_false_is_not_there()
    {
        var parsed = Parse("--force=false");
        parsed.Problems.ShouldBeEmpty();
        parsed.Has("force").ShouldBeFalse();
    }

    [TestCase("--enviroment=sandbox", "unknown argument --enviroment; did you mean --environment?")]
    [TestCase("--enviroment sandbox", "unknown argument --enviroment; did you mean --environment?")]
    [TestCase("--xyzzy", "unknown argument --xyzzy")]
    [TestCase("-environment=sandbox", "unknown argument -environment; did you mean --environment?")]
    [TestCase("-q", "unknown argument -q")]
    [TestCase("--environment", "--environment needs a value: --environment=<name>")]
    [TestCase("--environment --force", "--environment needs a value: --environment=<name>")]
    [TestCase("--environment=", "--environment has an empty value; expected --environment=<name>")]
    [TestCase("--target=A,,B", "--target has an empty value; expected --target=<task>")]
    [TestCase("--force=yes", "--force is a flag: it takes no value (but true or false), and has yes")]
    [TestCase("--force --force", "--force is given twice")]
    [TestCase("--environment=a --environment=b", "--environment is given twice: a and b")]
    [TestCase("--engine=dokcer", "--engine=dokcer: expected process or docker; did you mean docker?")]
    [TestCase("--engine=zzz", "--engine=zzz: expected process or docker")]
    [TestCase("--port=x", "--port=x: expected a number")]
    [TestCase("--parallel=0", "--parallel=0: expected a number from 1 to 512")]
    [TestCase("--verbosity=loud", "--verbosity=loud: expected quiet, minimal, normal, verbose or diagnostic")]
    [TestCase("Deploy", "Deploy belongs to no argument; a target is given as --target=Deploy")]
    public void Refuses(string line, string problem) => Parse(line.Split(' ')).Problems.ShouldBe([problem]);

    [Test]
    public void All_problems_of_a_line_are_told_at_once() =>
        Parse("--enviroment=x", "--engine=y", "stray", "--port").Problems.Length.ShouldBe(4);

    [Test]
    public void A_secret_is_never_repeated()
    {
        Parse("--token=hunter2", "--token=hunter3").Problems.ShouldAllBe(problem => !problem.Contains("hunter"));
        Parse("--token=hunter2").Problems.ShouldBe(["--token=***: expected only-this"]);
    }

    [Test]
    public void Hostile_words_are_shown_as_data()
    {
        var shown = Parse("--\u001b]0;x\a\n::error::y=1", "--engine=$(touch x)\nb").Problems;
        shown.Length.ShouldBe(2);
        shown.ShouldAllBe(problem => !problem.Any(char.IsControl));
        shown[1].ShouldStartWith("--engine=\"$(touch x)\\nb\": ");
    }

    [Test]
    public void Without_declarations_unknown_arguments_pass_as_in_Cake()
    {
        var parsed = CommandLine.Parse(["--configuration", "Release", "--fast"], HostArguments.All, strict: false);
        parsed.Problems.ShouldBeEmpty();
        parsed.Value("configuration").ShouldBe("Release");
        parsed.Value("fast").ShouldBe("true");
    }

    [Test]
    public void An_argument_declared_twice_is_an_error_of_the_program() =>
        Should.Throw<InvalidOperationException>(() =>
            CommandLine.Parse([], [new("a", ""), new("A", "")], strict: true)
        );
}
