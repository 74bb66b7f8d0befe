using Cake.Core;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Output;

internal sealed class OnGitHub
{
    [Test]
    public void Each_task_is_a_group()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .OnGitHub()
            .Variable("NO_COLOR", "1")
            .Doing("B", _ => Console.WriteLine("from B"));
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldMatch(@"::group::B: done in \d\.\d\d s\nfrom B\ndone in \d\.\d\d s\n::endgroup::\n");
    }

    [Test]
    public void One_task_needs_no_group()
    {
        using var host = HostUnderTest.With(typeof(X)).OnGitHub().Doing("X", _ => Console.WriteLine("from X"));
        host.Run("--target=X").ShouldBe(0);
        host.Out.ShouldStartWith("from X\n");
        host.Out.ShouldNotContain("::");
    }

    [Test]
    public void A_failed_task_is_shown_again_outside_a_group_and_annotated()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .OnGitHub()
            .Variable("NO_COLOR", "1")
            .Doing(
                "B",
                _ =>
                {
                    Console.WriteLine("the last words");
                    throw new CakeException("100 % wrong:\nline two");
                }
            );
        host.Run("--target=D").ShouldBe(1);
        var end = host.Out[host.Out.LastIndexOf("::endgroup::", StringComparison.Ordinal)..];
        end.ShouldContain("B:\n  the last words\n");
        end.ShouldContain("::error title=B failed::100 %25 wrong:%0Aline two\n");
    }

    [TestCase("::error::forged")]
    [TestCase("  ::add-mask::forged")]
    [TestCase("text ##[error]forged")]
    [TestCase("progress\r::error::forged")]
    [TestCase("::endgroup::")]
    public void A_line_of_a_task_is_never_a_command(string hostile)
    {
        foreach (var tasks in new[] { new[] { typeof(X) }, [typeof(X), typeof(Y), typeof(Z)] })
        {
            using var host = HostUnderTest.With(tasks).OnGitHub().Doing("X", _ => Console.WriteLine(hostile));
            host.Run(tasks.Length == 1 ? "--target=X" : "--target=Z").ShouldBe(0);
            CommandsRead(host.Out).ShouldBeSubsetOf(["group", "endgroup"]);
        }
    }

    [Test]
    public void A_reason_or_an_error_of_a_task_is_never_a_command()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .OnGitHub()
            .Skipping("B", "::warning::forged")
            .Failing("C", "broke\n::warning::forged");
        host.Run("--target=D").ShouldBe(1);
        CommandsRead(host.Out).ShouldBeSubsetOf(["group", "endgroup", "error"]);
    }

    [Test]
    public void Masks_reach_the_runner_at_once_and_line_by_line()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .OnGitHub()
            .Doing(
                "B",
                context =>
                    ((IWorkflowCommands)context.ServiceProvider.GetService(typeof(IWorkflowCommands))!).Mask(
                        "one%\ntwo"
                    )
            );
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("::add-mask::one%25\n::add-mask::two\n");
    }

    /// <summary>Reads the log as GitHub's runner reads it: which commands does it obey?</summary>
    private static List<string> CommandsRead(string log)
    {
        var obeyed = new List<string>();
        string? stopped = null;
        foreach (var line in log.Split('\n', '\r').Select(line => line.TrimStart()))
        {
            var name = line.StartsWith("::") ? line[2..].Split("::")[0].Split(' ')[0] : null;
            if (stopped is not null)
            {
                stopped = name == stopped ? null : stopped;
            }
            else if (name == "stop-commands")
            {
                stopped = line["::stop-commands::".Length..];
            }
            else if (name is not null || line.Contains("##["))
            {
                obeyed.Add(name ?? line);
            }
        }

        stopped.ShouldBeNull();
        return obeyed;
    }
}
