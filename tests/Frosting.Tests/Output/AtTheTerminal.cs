using Slipway.Host;

namespace Slipway.Frosting.Tests.Output;

internal sealed class AtTheTerminal
{
    private static IRunPrompt Prompt(Cake.Core.ICakeContext context) =>
        (IRunPrompt)context.ServiceProvider.GetService(typeof(IRunPrompt))!;

    [Test]
    public void A_question_is_seen_before_its_answer_and_other_tasks_wait_with_their_lines()
    {
        using var answers = new SlowAnswer("yes");
        using var host = HostUnderTest.WithDiamond().Variable("NO_COLOR", "1").Answering(answers);
        string? answer = null;
        host.Doing("B", context => answer = Prompt(context).Ask("Deploy to production?", CancellationToken.None))
            .Doing(
                "C",
                _ =>
                {
                    answers.Asked.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
                    Console.WriteLine("meanwhile");
                    host.Out.ShouldEndWith("Deploy to production? ");
                    answers.Answer.Set();
                }
            );
        host.Run("--target=D", "--parallel=2").ShouldBe(0);
        answer.ShouldBe("yes");
        host.Out.ShouldContain("Deploy to production? C │ meanwhile\n");
    }

    [Test]
    public void A_question_ends_with_the_run()
    {
        using var answers = new SlowAnswer("never");
        using var cancel = new CancellationTokenSource();
        using var host = HostUnderTest
            .WithDiamond()
            .Answering(answers)
            .Using(host => host.UseCancellation(cancel.Token, CancellationToken.None))
            .Doing(
                "A",
                context =>
                {
                    cancel.CancelAfter(1);
                    Prompt(context).Ask("?", cancel.Token);
                }
            );
        host.Run("--target=D").ShouldBe(130);
        answers.Answer.Set();
    }

    [Test]
    public void Nobody_is_asked_where_nobody_sits()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing("X", context => Prompt(context).Ask("?", CancellationToken.None));
        host.Run("--target=X").ShouldBe(1);
        host.Out.ShouldContain("There is nobody to ask");
    }

    [Test]
    public void A_terminal_that_is_gone_does_not_end_the_run()
    {
        using var gone = new GoneTerminal();
        using var host = HostUnderTest.WithDiamond().WritingTo(gone).Doing("B", _ => Console.WriteLine("to nobody"));
        host.Run("--target=D").ShouldBe(0);
        host.Script.Ran.Count.ShouldBe(4);
        host.Log("B").ShouldContain("to nobody");
    }

    private sealed class SlowAnswer(string answer) : TextReader
    {
        public ManualResetEventSlim Asked { get; } = new();

        public ManualResetEventSlim Answer { get; } = new();

        public override string? ReadLine()
        {
            Asked.Set();
            Answer.Wait(TimeSpan.FromSeconds(20));
            return answer;
        }
    }

    private sealed class GoneTerminal : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("Input/output error");
    }

    private static IRunLive View(Cake.Core.ICakeContext context) =>
        (IRunLive)context.ServiceProvider.GetService(typeof(IRunLive))!;

    [Test]
    public void A_view_is_written_over_and_the_log_goes_on_above_it()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .InTerminal()
            .Doing(
                "X",
                context =>
                {
                    View(context).Show(["├─ 5 %", "└─ fine\u001b[2J"]);
                    Console.WriteLine("a line");
                    View(context).Show(["├─ 50 %"]);
                    View(context).Show([]);
                }
            );
        host.Run("--target=X").ShouldBe(0);
        host.Out.ShouldContain(
            "├─ 5 %\n└─ fine\n\u001b[2F\u001b[Ja line\n├─ 5 %\n└─ fine\n\u001b[2F\u001b[J├─ 50 %\n\u001b[1F\u001b[J"
        );
    }

    [Test]
    public void There_is_no_view_in_a_file()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing(
                "X",
                context =>
                {
                    View(context).Width.ShouldBeNull();
                    View(context).Show(["never"]);
                }
            );
        host.Run("--target=X").ShouldBe(0);
        host.Out.ShouldNotContain("never");
    }
}
