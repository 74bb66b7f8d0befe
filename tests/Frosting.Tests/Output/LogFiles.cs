using Slipway.Host;

namespace Slipway.Frosting.Tests.Output;

internal sealed class LogFiles
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("host-logs-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Move_to_the_folder_that_a_task_names_with_what_they_have()
    {
        var target = Path.Combine(_folder, "run", "logs");
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "A.log"), "from an earlier run\n");
        string? before = null;
        using var host = HostUnderTest.WithDiamond().Using(host => host.UseRunLog(() => null));
        host.Doing(
            "A",
            context =>
            {
                var log = (IRunLog)context.ServiceProvider.GetService(typeof(IRunLog))!;
                before = log.Directory;
                Console.WriteLine("before the move");
                log.MoveTo(target);
                Console.WriteLine("after the move");
            }
        );
        host.Run("--target=D").ShouldBe(0);
        Directory.Exists(before).ShouldBeFalse();
        var log = File.ReadAllText(Path.Combine(target, "A.log"));
        log.ShouldStartWith("from an earlier run\n");
        log.ShouldMatch("(?s)before the move.*after the move.*done in");
        Directory
            .GetFiles(target)
            .Select(Path.GetFileName)
            .ShouldBe(["A.log", "B.log", "C.log", "D.log", "timeline.json"], ignoreOrder: true);
        RunTimeline
            .TryParse(File.ReadAllText(Path.Combine(target, "timeline.json")))
            .ShouldNotBeNull()
            .ExitCode.ShouldBe(0);
    }

    [Test]
    public void That_belong_nowhere_are_kept_only_after_a_failure()
    {
        string? directory = null;
        void Remember(Cake.Core.ICakeContext context) =>
            directory = ((IRunLog)context.ServiceProvider.GetService(typeof(IRunLog))!).Directory;
        using var good = HostUnderTest.With(typeof(X)).Using(host => host.UseRunLog(() => null)).Doing("X", Remember);
        good.Run("--target=X").ShouldBe(0);
        Directory.Exists(directory).ShouldBeFalse();
        using var bad = HostUnderTest
            .With(typeof(X))
            .Using(host => host.UseRunLog(() => null))
            .Doing(
                "X",
                context =>
                {
                    Remember(context);
                    throw new Cake.Core.CakeException("no");
                }
            );
        bad.Run("--target=X").ShouldBe(1);
        File.Exists(Path.Combine(directory!, "X.log")).ShouldBeTrue();
        bad.Out.ShouldContain($"log: {directory}");
        Directory.Delete(directory!, recursive: true);
    }

    [Test]
    public void That_cannot_be_written_cost_a_warning_and_not_the_run()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "in the way");
        using var host = HostUnderTest.WithDiamond().Using(host => host.UseRunLog(() => Path.Combine(file, "logs")));
        host.Run("--target=D").ShouldBe(0);
        host.Out.Split('\n').Count(line => line.Contains("cannot be written")).ShouldBe(1);
    }

    [TestCase("Deploy", "Deploy.log")]
    [TestCase("../../etc/x", ".._.._etc_x.log")]
    public void Have_names_that_stay_in_their_folder(string task, string file) => RunLog.FileName(task).ShouldBe(file);

    [Test]
    public void The_timeline_is_there_while_the_run_lasts()
    {
        using var host = HostUnderTest.WithDiamond();
        RunTimeline? during = null;
        host.Doing("D", _ => during = host.Timeline);
        host.Run("--target=D").ShouldBe(0);
        during.ShouldNotBeNull().ExitCode.ShouldBeNull();
        during.Tasks.Single(task => task.Task == "A").Status.ShouldBe(TaskOutcome.Succeeded);
        during.Durations.Keys.ShouldBe(["A", "B", "C"], ignoreOrder: true);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"schemaVersion\":2}")]
    [TestCase("{\"schemaVersion\":1,\"tasks\":[{\"status\":\"exploded\"}]}")]
    public void A_broken_timeline_is_none(string json) => RunTimeline.TryParse(json).ShouldBeNull();
}
