using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Slipway.Host;

namespace Slipway.Frosting.Tests.Output;

internal sealed class OnALaptop
{
    [Test]
    public void Lines_carry_the_task_where_several_run_and_come_out_whole()
    {
        using var host = HostUnderTest.WithDiamond();
        foreach (var task in new[] { "B", "C" })
        {
            host.Doing(
                task,
                _ =>
                {
                    for (var i = 0; i < 300; i++)
                    {
                        Console.Write(task);
                        Console.Write($" {i} ");
                        Console.WriteLine("end");
                    }
                }
            );
        }

        host.Run("--target=D", "--parallel=2").ShouldBe(0);
        var lines = host.Out.Split('\n').Where(line => line.EndsWith(" end")).ToArray();
        lines.Length.ShouldBe(600);
        lines.ShouldAllBe(line => System.Text.RegularExpressions.Regex.IsMatch(line, "^([BC]) │ \\1 [0-9]+ end$"));
    }

    [Test]
    public void A_run_of_one_task_prints_what_the_task_prints()
    {
        using var host = HostUnderTest.With(typeof(X)).Doing("X", _ => Console.WriteLine("plain"));
        host.Run("--target=X").ShouldBe(0);
        host.Out.ShouldMatch(@"^plain\n\d+\.\d\d s in all\n$");
    }

    [Test]
    public void Output_follows_the_task_into_its_threads_and_awaits()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Doing(
            "B",
            _ =>
            {
                Task.Run(async () =>
                    {
                        await Task.Yield();
                        Console.WriteLine("from the pool");
                    })
                    .Wait();
                var thread = new Thread(() => Console.WriteLine("from a thread"));
                thread.Start();
                thread.Join();
            }
        );
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("B │ from the pool\n");
        host.Out.ShouldContain("B │ from a thread\n");
        host.Log("B").ShouldContain("from a thread");
    }

    [Test]
    public void Nothing_but_text_reaches_a_file()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Doing("B", context => context.Log.Error("\u001b[31mred\u001b[0m \u001b]0;title\a\u001b[2J!"));
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("B │ red !\n");
        host.Out.ShouldNotContain('\u001b');
        host.Log("B").ShouldNotContain('\u001b');
    }

    [Test]
    public void A_terminal_gets_colours_but_no_other_sequences()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .InTerminal()
            .Doing("B", _ => Console.WriteLine("\u001b[32mgreen\u001b[2J\u001b[0m"));
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("\u001b[32mgreen\u001b[0m");
        host.Out.ShouldNotContain("\u001b[2J");
    }

    [TestCase("NO_COLOR", "1", "--json=false")]
    [TestCase("TERM", "dumb", "--json=false")]
    [TestCase("X", "1", "--no-color")]
    public void Colours_can_be_refused(string name, string value, string argument)
    {
        using var host = HostUnderTest.WithDiamond().InTerminal().Variable(name, value).Failing("B");
        host.Run("--target=D", argument).ShouldBe(1);
        host.Out.ShouldNotContain("\u001b[3");
    }

    [TestCase("quiet", 1)]
    [TestCase("minimal", 2)]
    [TestCase("normal", 3)]
    [TestCase("verbose", 4)]
    [TestCase("diagnostic", 5)]
    public void The_verbosity_decides_what_is_shown_and_the_log_has_everything(string verbosity, int lines)
    {
        using var host = HostUnderTest.With(typeof(X)).Doing("X", Talk);
        host.Run("--target=X", $"--verbosity={verbosity}").ShouldBe(0);
        host.Out.Split('\n').Count(line => line.StartsWith("level ")).ShouldBe(lines);
        host.Log("X").Split('\n').Count(line => line.Contains("level ")).ShouldBe(5);
    }

    private static void Talk(ICakeContext context)
    {
        context.Log.Error("level error");
        context.Log.Warning("level warning");
        context.Log.Information("level {0}", "information");
        context.Log.Verbose("level verbose");
        context.Log.Debug("level debug");
    }

    [Test]
    public void A_message_with_braces_is_data()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing(
                "X",
                context =>
                {
                    context.Log.Information("{ \"a\": {0} }");
                    context.Log.Information("{ \"a\": {7} }", "b");
                }
            );
        host.Run("--target=X").ShouldBe(0);
        host.Out.ShouldStartWith("{ \"a\": {0} }\n{ \"a\": {7} } b\n");
    }

    [Test]
    public void Redaction_comes_before_everything()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Using(host =>
                host.UseRedaction(text => text.Replace("hunter2", "***"))
                    .UseArguments([new("token", "who") { Secret = true }])
            )
            .Doing(
                "B",
                context =>
                {
                    context.Log.Information("logged hunter2");
                    Console.Write("written hun");
                    Console.WriteLine("ter2 and argument-secret");
                    throw new CakeException("thrown hunter2 argument-secret");
                }
            );
        host.Run("--target=D", "--token=argument-secret", "--verbosity=diagnostic").ShouldBe(1);
        var everything =
            host.Out + host.Error + host.Log("B") + File.ReadAllText(Path.Combine(host.LogFolder, "timeline.json"));
        everything.ShouldNotContain("hunter2");
        everything.ShouldNotContain("argument-secret");
        everything.ShouldContain("thrown *** ***");
    }

    [Test]
    public void With_json_standard_output_has_the_result_alone()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Doing(
                "B",
                context =>
                {
                    Console.WriteLine("on the way");
                    ((IRunResult)context.ServiceProvider.GetService(typeof(IRunResult))!).Write("{\"state\":1}");
                }
            );
        host.Run("--target=D", "--json").ShouldBe(0);
        host.Out.ShouldBe("{\"state\":1}\n");
        host.Error.ShouldContain("B │ on the way");
    }

    [Test]
    public void With_json_and_no_result_it_has_the_timeline()
    {
        using var host = HostUnderTest.WithDiamond();
        host.Run("--target=D", "--json").ShouldBe(0);
        RunTimeline.TryParse(host.Out).ShouldNotBeNull().ExitCode.ShouldBe(0);
    }

    [Test]
    public void A_long_task_says_how_long_and_how_long_usually()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .ProgressEvery(TimeSpan.FromMilliseconds(30))
            .Using(host => host.UseDurations(() => new Dictionary<string, double> { ["A"] = 34 }));
        host.Doing("A", _ => SpinWait.SpinUntil(() => host.Out.Contains('…'), TimeSpan.FromSeconds(20)).ShouldBeTrue());
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldMatch(@"^… A \d+ s \(usually 34 s\)\n");
    }

    [Test]
    public void A_terminal_shows_it_in_a_line_that_is_taken_away_again()
    {
        using var host = HostUnderTest.WithDiamond().InTerminal();
        host.Doing(
            "A",
            _ => SpinWait.SpinUntil(() => host.Out.Contains("… A"), TimeSpan.FromSeconds(20)).ShouldBeTrue()
        );
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("\r\u001b[K");
    }

    [Test]
    public void A_child_process_writes_into_its_task()
    {
        using var host = HostUnderTest
            .WithDiamond()
            .Doing(
                "B",
                context =>
                {
                    using var process = context.ProcessRunner.Start(
                        "/bin/sh",
                        new Cake.Core.IO.ProcessSettings
                        {
                            Arguments = Arguments("-c", "\"echo from a child; echo wrong >&2\""),
                        }
                    );
                    process.WaitForExit();
                }
            );
        host.Run("--target=D").ShouldBe(0);
        host.Out.ShouldContain("B │ from a child\n");
        host.Out.ShouldContain("B │ wrong\n");

        static Cake.Core.IO.ProcessArgumentBuilder Arguments(params string[] words)
        {
            var builder = new Cake.Core.IO.ProcessArgumentBuilder();
            foreach (var word in words)
            {
                builder.Append(new Cake.Core.IO.Arguments.TextArgument(word));
            }

            return builder;
        }
    }
}
