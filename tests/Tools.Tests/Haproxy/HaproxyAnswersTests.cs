using System.Collections.Immutable;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools.Tests.Haproxy;

public class HaproxyAnswersTests
{
    private const string Table = """
        # pxname,svname,scur,stot,status,chkdown,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,srv_abrt,addr,uweight,-,h2,
        public.http,FRONTEND,0,9,OPEN,,0,1,2,3,4,5,,,,-,0,
        web,blue-1,1,9,UP 1/2,2,0,3,1,1,2,0,1,127.0.0.1:4001,190,-,,
        web,green-1,0,0,MAINT,0,0,0,0,0,0,0,0,127.0.0.1:1,0,-,,
        web,other,0,0,UP,0,0,0,0,0,0,0,0,127.0.0.1:1,0,-,,
        web,BACKEND,1,9,UP,0,0,3,1,1,2,0,1,,190,-,,
        web,blue
        """;

    [Test]
    public void Servers_of_slots_are_read_and_the_rest_is_left()
    {
        var servers = HaproxyAnswers.Servers(Table);
        servers.Length.ShouldBe(2);
        servers[0].ShouldBe(new("web", Slot.Blue, 1, "UP 1/2", 190, 4001, 9, 1, 7, 2, 1, 2));
        servers[0].IsUp.ShouldBeTrue();
        servers[0].IsRegistered.ShouldBeTrue();
        servers[1].IsRegistered.ShouldBeFalse();
        servers[1].IsUp.ShouldBeFalse();
    }

    [TestCase("")]
    [TestCase("Unknown command. Please enter one of the following commands only :\n")]
    public void What_is_no_table_is_refused(string answer) =>
        Should.Throw<PipelineException>(() => HaproxyAnswers.Servers(answer)).Message.ShouldContain("show stat");

    [TestCase("proc.stable: type=str value=<green>\n", Slot.Green)]
    [TestCase("proc.stable: type=str value=<blue>\n\n", Slot.Blue)]
    public void The_stable_slot_is_read(string answer, Slot slot) => HaproxyAnswers.Stable(answer).ShouldBe(slot);

    [TestCase("Variable not found.\n")]
    [TestCase("proc.stable: type=str value=<purple>\n")]
    [TestCase("><")]
    public void A_router_that_does_not_know_slots_is_refused(string answer) =>
        Should.Throw<PipelineException>(() => HaproxyAnswers.Stable(answer));

    [Test]
    public void Another_process_or_start_is_another_epoch()
    {
        var info = HaproxyAnswers.Info("Version: 2.6.12\nPid: 77\nStart_time_sec: 1795195092\nnode: \n");
        info.ShouldBe(new HaproxyInfo("2.6.12", 77, 1795195092));
        info.Epoch.ShouldBe("77@1795195092");
        Should.Throw<PipelineException>(() => HaproxyAnswers.Info("Pid: x\n"));
    }

    private static readonly ImmutableArray<(string Line, HaproxyRequest? Request)> Lines =
    [
        ("req 12 web blue-1 200 0 1 -- 457 0 GET \"/a b\"", new(12, "web", Slot.Blue, 1, 200, 457, "--")),
        ("req 13 api green-12 502 -1 1 SH 9000 +2 POST \"/\"", new(13, "api", Slot.Green, 12, 502, 9000, "SH")),
        ("req 14 web <NOSRV> 503 -1 0 SC - 0 GET \"/\"", null),
        ("req 15 web blue-1 502 -1 1 SH - 0 GET \"/\"", null),
        ("req 16 web blue-1 200 0 1 -- -4 0 GET \"/\"", null),
        ("req 17 web blue-x 200 0 1 -- 4 0 GET \"/\"", null),
        ("req 18 web blue-1", null),
        ("Server web/blue-1 is going DOWN for maintenance.", null),
        ("", null),
    ];

    [TestCaseSource(nameof(Lines))]
    public void Requests_that_an_instance_answered_are_read((string Line, HaproxyRequest? Request) row) =>
        HaproxyRequest.Parse(row.Line).ShouldBe(row.Request);

    [Test]
    public void Latencies_fall_into_their_buckets_and_the_shortest_count_as_the_floor()
    {
        var tally = new LatencyTally();
        foreach (var milliseconds in new[] { 0.0, 0.2, 0.5, 20.0, 1_000_000.0 })
            tally.Add(milliseconds);
        var read = tally.Read();
        read.Count.ShouldBe(5);
        read.SumOfLogs.ShouldBe(3 * Math.Log(0.5) + Math.Log(20) + Math.Log(1_000_000), 1e-9);
        read.Buckets.Sum().ShouldBe(5);
        read.Buckets[^1].ShouldBe(1);
        var bounds = Canary.LatencyBounds.Milliseconds;
        var place = read.Buckets.IndexOf(3);
        bounds[place].ShouldBeGreaterThanOrEqualTo(LatencyTally.Floor);
        bounds[place - 1].ShouldBeLessThan(LatencyTally.Floor);
    }
}
