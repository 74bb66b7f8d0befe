using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools.Tests.Haproxy;

public class HaproxyConfigurationTests
{
    private static readonly HaproxySettings Settings = new(
        "/var/tmp/box/haproxy",
        20080,
        [new("web", "/web/health", ["/"]), new("api", "/api/health", ["/api"], Instances: 2)]
    );

    private static readonly SlotAssignment Assignment = new(
        Slot.Green,
        [new("web", 1, 4001)],
        [new("web", 1, 5001), new("api", 2, 5003), new("api", 1, 5002)]
    );

    [Test]
    public void The_file_gives_everything_to_the_stable_slot() =>
        HaproxyConfiguration.Write(Settings, Assignment).ShouldBe(Approved);

    [Test]
    public void Who_is_where_is_read_back_from_the_file()
    {
        var read = HaproxyConfiguration.Read(HaproxyConfiguration.Write(Settings, Assignment))!;
        read.Stable.ShouldBe(Slot.Green);
        read.Blue.ShouldBe(Assignment.Blue);
        read.Green.ShouldBe(Assignment.Green, ignoreOrder: true);
    }

    [TestCase("")]
    [TestCase("global\n")]
    [TestCase("# slipway {\"stable\":\"blue\",\"bl")]
    [TestCase("# slipway {\"stable\":\"purple\",\"blue\":[],\"green\":[]}\n")]
    [TestCase("# slipway {\"stable\":\"blue\"}\n")]
    [TestCase("# slipway null\n")]
    public void A_file_that_is_damaged_or_not_ours_says_nothing(string text) =>
        HaproxyConfiguration.Read(text).ShouldBeNull();

    [TestCase("user", "balance hash req.cook(user)")]
    [TestCase("cookie:session-id", "balance hash req.cook(session-id)")]
    [TestCase("header:x-user", "balance hdr(x-user)")]
    public void A_user_can_be_kept_at_one_arm(string stickyBy, string line) =>
        HaproxyConfiguration.Write(Settings with { StickyBy = stickyBy }, Assignment).ShouldContain($"  {line}\n");

    [TestCase("cookie:a b")]
    [TestCase("header:")]
    [TestCase("ip:x")]
    [TestCase("x)\n  server evil 10.0.0.1:80")]
    public void What_cannot_keep_a_user_is_refused(string stickyBy) =>
        Should
            .Throw<PipelineException>(() =>
                HaproxyConfiguration.Write(Settings with { StickyBy = stickyBy }, Assignment)
            )
            .ExitCode.ShouldBe(ExitCode.Usage);

    [TestCase("a\n  server x 10.0.0.1:1", 1)]
    [TestCase("$(id)", 1)]
    [TestCase("", 1)]
    [TestCase("web", 0)]
    [TestCase("web", 65)]
    public void A_service_that_would_break_the_file_is_refused(string name, int instances) =>
        Should
            .Throw<PipelineException>(() =>
                HaproxyConfiguration.Write(
                    Settings with
                    {
                        Services = [new(name, "/h", ["/"], instances)],
                    },
                    SlotAssignment.Empty
                )
            )
            .ExitCode.ShouldBe(ExitCode.Usage);

    [Test]
    public void A_folder_that_would_break_the_file_is_refused()
    {
        Should.Throw<PipelineException>(() =>
            HaproxyConfiguration.Write(Settings with { Folder = "/tmp/a b'" }, SlotAssignment.Empty)
        );
        Should
            .Throw<PipelineException>(() =>
                HaproxyConfiguration.Write(Settings with { Folder = "/" + new string('x', 100) }, SlotAssignment.Empty)
            )
            .Message.ShouldContain("too long for the path of a socket");
    }

    [Test]
    public void Places_of_services_that_nobody_knows_the_paths_of_are_forgotten()
    {
        var smaller = Assignment.For([new("api", "/api/health", ["/api"], Instances: 2)]);
        smaller.Blue.ShouldBeEmpty();
        smaller.Green.Select(instance => instance.Service).Distinct().ShouldBe(["api"]);
    }

    [Test]
    public void What_runs_keeps_its_place_and_its_paths_when_the_configuration_has_it_no_more()
    {
        var before = HaproxyConfiguration.Read(HaproxyConfiguration.Write(Settings, Assignment))!;
        var smaller = Settings with { Services = [new("api", "/api/health", ["/api", "/"])] };
        var text = HaproxyConfiguration.Write(smaller, before);
        text.ShouldContain("  use_backend web if { path_beg / }\n");
        text.ShouldNotContain("use_backend api if { path_beg / }");
        text.ShouldContain("  server green-2 127.0.0.1:5003 ");
        HaproxyConfiguration.Read(text)!.KeptBeside(smaller.Services).ShouldHaveSingleItem().Name.ShouldBe("web");

        // Once it is stopped, nothing of it is left.
        var stopped = HaproxyConfiguration.Read(text)! with
        {
            Blue = [],
            Green = [new("api", 1, 5002)],
        };
        text = HaproxyConfiguration.Write(smaller, stopped);
        text.ShouldNotContain("web");
        text.ShouldContain("  use_backend api if { path_beg / }\n");
        text.ShouldNotContain("green-2");
    }

    [Test]
    public void The_layout_is_another_one_only_where_HAProxy_has_to_read_it_anew()
    {
        string? Layout(HaproxySettings settings, SlotAssignment assignment) =>
            HaproxyConfiguration.LayoutOf(HaproxyConfiguration.Write(settings, assignment));

        var layout = Layout(Settings, Assignment);
        layout.ShouldNotBeNull().Length.ShouldBe(16);
        Layout(Settings, SlotAssignment.Empty).ShouldBe(layout);
        Layout(Settings, Assignment with { Stable = Slot.Blue, Blue = [] }).ShouldBe(layout);
        Layout(Settings with { StickyBy = "user" }, Assignment).ShouldNotBe(layout);
        Layout(Settings with { Services = [.. Settings.Services, new("x", "/x/health", ["/x"])] }, Assignment)
            .ShouldNotBe(layout);
        HaproxyConfiguration.LayoutOf("global\n").ShouldBeNull();
    }

    [Test]
    public async Task The_file_is_written_once_and_again_only_for_another_layout()
    {
        var folder = Directory.CreateTempSubdirectory("cfg-").FullName;
        try
        {
            var settings = Settings with { Folder = folder };
            var file = new HaproxyConfigurationFile(settings);
            (await file.ReadAsync(CancellationToken.None)).ShouldBeNull();
            (await file.EnsureAsync(CancellationToken.None)).ShouldBeTrue();
            (await file.EnsureAsync(CancellationToken.None)).ShouldBeFalse();
            await file.WriteAsync(Assignment, CancellationToken.None);
            var other = new HaproxyConfigurationFile(settings with { HttpPort = 20081 });
            (await other.EnsureAsync(CancellationToken.None)).ShouldBeTrue();
            (await other.ReadAsync(CancellationToken.None))!.Stable.ShouldBe(Slot.Green);
            Directory.GetFiles(folder).ShouldBe([file.Location]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private const string Approved = """
        # slipway {"stable":"green","blue":[{"service":"web","index":1,"port":4001}],"green":[{"service":"api","index":1,"port":5002},{"service":"api","index":2,"port":5003},{"service":"web","index":1,"port":5001}],"services":[{"name":"web","healthPath":"/web/health","routes":["/"],"instances":1,"secrets":[]},{"name":"api","healthPath":"/api/health","routes":["/api"],"instances":2,"secrets":[]}]}
        # Written by Slipway; changes are lost.

        global
          stats socket /var/tmp/box/haproxy/admin.sock mode 600 level admin expose-fd listeners
          stats timeout 1m
          log ring@requests format raw local0 info
          maxconn 2000
          hard-stop-after 30s
          set-var proc.stable str(green)
          set-var proc.layout str(acfb0c0ba35f329d)

        # The latest requests, in memory: read through the admin socket, by as many readers as there are, and never
        # full. No address with its query is in it, which may hold a secret.
        ring requests
          format raw
          maxlen 512
          size 4194304

        defaults
          mode http
          log global
          option dontlognull
          option forwardfor
          # The connection to an instance ends with its request: no request meets a connection that is just being
          # closed, a weight of 0 holds for the next request, and "sessions" are the requests under way. Users keep
          # their connection.
          option http-server-close
          # A request that an instance did not begin to answer goes to another one, at once.
          option redispatch 1
          retries 3
          retry-on conn-failure empty-response
          timeout connect 2000ms
          timeout client 30000ms
          timeout server 30000ms
          timeout queue 5000ms
          timeout http-request 10000ms
          timeout http-keep-alive 60000ms
          timeout check 3000ms
          log-format "req %rt %b %s %ST %Tr %Ta %ts %[var(txn.us)] %rc %HM %{+Q}HPO"

        frontend public.http
          bind 127.0.0.1:20080
          # HAProxy's own timers are whole milliseconds, most answers here take less than one.
          http-request set-var(txn.start) date(0,us)
          http-response set-var(txn.us) date(0,us),sub(txn.start)
          use_backend api if { path /api/health }
          use_backend web if { path /web/health }
          use_backend api if { path /api } || { path_beg /api/ }
          use_backend web if { path_beg / }
          default_backend no.service

        backend no.service
          http-request return status 404 content-type text/plain string "no service has this path"

        backend web
          balance roundrobin
          http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE }
          # Any answer says that the instance lives. Whether it is well is for the judge: an outage of what both
          # versions share must not leave a service without any instance.
          option httpchk
          http-check send meth GET uri /health ver HTTP/1.1 hdr host 127.0.0.1
          http-check expect rstatus ^[2-5]
          default-server check inter 1000ms fastinter 200ms downinter 300ms fall 2 rise 1 observe layer4 error-limit 3 on-error mark-down
          server blue-1 127.0.0.1:4001 weight 0
          server green-1 127.0.0.1:5001 weight 200

        backend api
          balance roundrobin
          http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE }
          # Any answer says that the instance lives. Whether it is well is for the judge: an outage of what both
          # versions share must not leave a service without any instance.
          option httpchk
          http-check send meth GET uri /health ver HTTP/1.1 hdr host 127.0.0.1
          http-check expect rstatus ^[2-5]
          default-server check inter 1000ms fastinter 200ms downinter 300ms fall 2 rise 1 observe layer4 error-limit 3 on-error mark-down
          server blue-1 127.0.0.1:1 weight 0 disabled
          server blue-2 127.0.0.1:1 weight 0 disabled
          server green-1 127.0.0.1:5002 weight 200
          server green-2 127.0.0.1:5003 weight 200


        """;
}
