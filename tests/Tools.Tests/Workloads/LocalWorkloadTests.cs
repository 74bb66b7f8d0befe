using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.Versioning;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Routing;
using Slipway.Tools.Tests.Haproxy;

namespace Slipway.Tools.Tests.Workloads;

public class LocalWorkloadTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [TestCase("unhealthy", "after 1.5 s answers 503, status \"unhealthy\"")]
    [TestCase("silent", "after 1.5 s it has not said on which port it listens")]
    [TestCase("wrong-version", "says version 9.9.9, expected 1.1.0")]
    [TestCase("dies", "it ended")]
    public async Task A_candidate_that_does_not_become_healthy_leaves_nothing_behind(string fault, string why)
    {
        await using var bed = new ServingBed(healthTimeout: TimeSpan.FromSeconds(1.5));
        await bed.StartHaproxyAsync();
        if (fault != "dies")
        {
            var failure = await Should.ThrowAsync<PipelineException>(() => bed.StartCandidateAsync("1.1.0", fault));
            failure.Message.ShouldContain($"did not become healthy: {why}");
        }
        else
        {
            var failure = await Should.ThrowAsync<PipelineException>(() => bed.StartCandidateAsync("1.1.0", fault));
            failure.Message.ShouldContain(why);
            failure.Message.ShouldContain("instance.log");
            failure.Message.ShouldContain("cannot go on: ***");
            failure.Message.ShouldNotContain("hush");
        }
        (await RunningAsync(bed)).ShouldBe(0);
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).InstancesWanted.ShouldBe(0);
        (await bed.Registry.ReadRegisteredAsync(Slot.Green, None)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_cancelled_start_leaves_nothing_behind()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<OperationCanceledException>(() =>
            bed.StartCandidateAsync("1.1.0", "unhealthy", cancellation.Token)
        );
        (await RunningAsync(bed)).ShouldBe(0);
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).InstancesWanted.ShouldBe(0);
    }

    [Test]
    public async Task Instances_of_a_killed_run_that_no_record_knows_are_ended_by_the_next_start_and_the_stable_ones_live()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        var free = (await bed.Registry.ReadStableSlotAsync(None)).Other();
        var lost = await bed.Host.FindAsync(free, None);
        lost.Count.ShouldBe(2);
        bed.Records.Remove(free);
        await bed.StartCandidateAsync("1.2.0");
        (await bed.Host.AliveAsync(lost, None)).ShouldBeEmpty();
        (await RunningAsync(bed)).ShouldBe(4);
        (await bed.GetAsync()).ShouldBe((200, "1.0.0"));
    }

    [TestCase("")]
    [TestCase("{\"schemaVersion\":1,")]
    [TestCase("{\"schemaVersion\":7}")]
    [TestCase("[]")]
    public async Task A_damaged_record_of_the_free_slot_does_not_hinder_the_next_start(string text)
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.StartCandidateAsync("1.0.0");
        await File.WriteAllTextAsync(Path.Combine(bed.Records.FolderOf(Slot.Green), "arm.json"), text);
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).InstancesWanted.ShouldBe(0);
        await bed.StartCandidateAsync("1.1.0");
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).InstancesAlive.ShouldBe(2);
        (await RunningAsync(bed)).ShouldBe(2);
    }

    [Test]
    public async Task Stable_instances_that_died_are_started_again_and_found_by_the_router()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        (await bed.Workload.RepairStableAsync(None)).ShouldBe(0);
        await bed.DeployAsync("1.0.0");
        (await bed.Workload.RepairStableAsync(None)).ShouldBe(0);
        var stable = await bed.Registry.ReadStableSlotAsync(None);
        foreach (var id in await bed.Host.FindAsync(stable, None))
            await bed.Host.StopAsync(id, TimeSpan.Zero, None);
        (await bed.Workload.ReadAsync(Arm.Stable, None)).InstancesAlive.ShouldBe(0);
        (await bed.Workload.RepairStableAsync(None)).ShouldBe(2);
        (await bed.GetAsync()).ShouldBe((200, "1.0.0"));
        (await bed.GetAsync("/auth/me")).ShouldBe((200, "1.0.0"));
        await bed.KillHaproxyAsync();
        await bed.StartHaproxyAsync();
        (await bed.GetAsync()).ShouldBe((200, "1.0.0"));
    }

    [Test]
    public async Task An_instance_that_does_not_want_to_end_is_ended()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.StartCandidateAsync("1.0.0", "stubborn");
        var id = (await bed.Host.FindAsync(Slot.Green, None)).First();
        await bed.Host.StopAsync(id, TimeSpan.FromMilliseconds(200), None);
        (await bed.Host.AliveAsync([id], None)).ShouldBeEmpty();
    }

    [Test]
    public async Task An_instance_sees_what_it_is_given_and_no_token_of_the_build_and_listens_on_loopback_only()
    {
        Environment.SetEnvironmentVariable("SLIPWAY_TEST_TOKEN", "ghp_x");
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.StartCandidateAsync("1.0.0");
        var state = await bed.Workload.ReadAsync(Arm.Candidate, None);
        using var http = new HttpClient();
        var names = (await http.GetStringAsync(new Uri(state.HealthUrls["web"], "/env"))).Split(' ');
        names.ShouldContain("DATABASE_URL");
        names.ShouldContain("SLIPWAY_PORT_FILE");
        names.ShouldContain("SLIPWAY_OUTAGE_FILE");
        names.ShouldNotContain("SLIPWAY_TEST_TOKEN");
        names.ShouldNotContain("SIGNING_KEY");
        var ports = state.HealthUrls.Values.Select(url => url.Port).Append(bed.Settings.HttpPort).ToHashSet();
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        listeners.Where(point => ports.Contains(point.Port)).ShouldAllBe(point => IPAddress.IsLoopback(point.Address));
        listeners.Count(point => ports.Contains(point.Port)).ShouldBe(3);
        foreach (var file in Directory.GetFiles(bed.Root, "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".sock", StringComparison.Ordinal))
                (await File.ReadAllTextAsync(file)).ShouldNotContain("hush");
        }
    }

    [Test]
    public async Task A_service_gets_the_secrets_that_it_names_and_gets_them_again_when_it_is_repaired()
    {
        await using var bed = new ServingBed([
            new("web", "/web/health", ["/"]),
            new("auth", "/auth/health", ["/auth"], Secrets: ["SIGNING_KEY"]),
        ]);
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await DemandAsync();
        foreach (var id in await bed.Host.FindAsync(await bed.Registry.ReadStableSlotAsync(None), None))
            await bed.Host.StopAsync(id, TimeSpan.Zero, None);
        (await bed.Workload.RepairStableAsync(None)).ShouldBe(2);
        await DemandAsync();

        async Task DemandAsync()
        {
            using var http = new HttpClient();
            var state = await bed.Workload.ReadAsync(Arm.Stable, None);
            var auth = (await http.GetStringAsync(new Uri(state.HealthUrls["auth"], "/env"))).Split(' ');
            auth.ShouldContain("SIGNING_KEY");
            auth.ShouldContain("DATABASE_URL");
            auth.ShouldNotContain("OTHER_KEY");
            var web = (await http.GetStringAsync(new Uri(state.HealthUrls["web"], "/env"))).Split(' ');
            web.ShouldNotContain("SIGNING_KEY");
            foreach (var file in Directory.GetFiles(bed.Root, "*", SearchOption.AllDirectories))
                if (!file.EndsWith(".sock", StringComparison.Ordinal))
                    (await File.ReadAllTextAsync(file)).ShouldNotContain("hush");
            foreach (var process in Directory.GetDirectories("/proc").Where(one => char.IsAsciiDigit(one[^1])))
                CommandLine(process).ShouldNotContain("hush");
        }

        static string CommandLine(string process)
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                return ""; // It ended while it was looked at.
            }
        }
    }

    [Test]
    public async Task Health_of_every_instance_is_asked_past_the_router()
    {
        await using var bed = new ServingBed([new("web", "/web/health", ["/"], Instances: 2)]);
        await bed.StartHaproxyAsync();
        await bed.StartCandidateAsync("1.0.0");
        (await bed.Probe.ProbeAsync(Arm.Stable, None)).ShouldBeEmpty();
        var readings = await bed.Probe.ProbeAsync(Arm.Candidate, None);
        readings
            .Select(reading => (reading.Service, reading.Healthy, reading.Version))
            .ShouldBe([("web", true, "1.0.0"), ("web-2", true, "1.0.0")]);
        await bed.Host.StopAsync((await bed.Host.FindAsync(Slot.Green, None)).First(), TimeSpan.Zero, None);
        (await bed.Probe.ProbeAsync(Arm.Candidate, None)).Count(reading => reading.Healthy).ShouldBe(1);
    }

    [Test]
    public async Task Everything_of_a_sandbox_can_be_ended_and_nothing_of_another_one()
    {
        await using var bed = new ServingBed();
        await using var other = new ServingBed();
        await bed.StartHaproxyAsync();
        await other.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        await other.DeployAsync("1.0.0");
        await bed.Workload.StopAllAsync(None);
        (await RunningAsync(bed)).ShouldBe(0);
        (await RunningAsync(other)).ShouldBe(2);
        (await other.GetAsync()).ShouldBe((200, "1.0.0"));
    }

    [Test]
    public async Task A_service_without_an_image_or_a_start_command_is_named()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        var start = bed.Candidate("1.0.0");
        var failure = await Should.ThrowAsync<PipelineException>(() =>
            bed.Workload.StartCandidateAsync(start with { Images = [start.Images[0]] }, None)
        );
        failure.Message.ShouldBe("nothing was built for auth");
    }

    private static async Task<int> RunningAsync(ServingBed bed) =>
        (await bed.Host.FindAsync(Slot.Blue, None)).Count + (await bed.Host.FindAsync(Slot.Green, None)).Count;
}

public class ProcessTableTests
{
    private static readonly ProcessLives Table = new();

    [Test]
    public void A_process_that_has_the_id_of_another_one_by_now_is_not_signalled()
    {
        using var bystander = Process.Start("sleep", "30");
        try
        {
            var life = Table.Find(bystander.Id)!;
            var earlier = life with { StartTicks = life.StartTicks - 1 };
            var beforeTheBoot = life with { Boot = "another" };
            Table.IsAlive(earlier).ShouldBeFalse();
            foreach (var other in new[] { earlier, beforeTheBoot })
            {
                Table.Signal(other, force: true);
                Table.SignalAlone(other, force: true);
            }
            bystander.WaitForExit(200).ShouldBeFalse();
            Table.IsAlive(life).ShouldBeTrue();
            Table.SignalAlone(life, force: true);
            bystander.WaitForExit(5000).ShouldBeTrue();
        }
        finally
        {
            bystander.Kill();
        }
    }

    [Test]
    public void A_life_is_read_back_from_its_text()
    {
        var life = Table.Find(Environment.ProcessId)!;
        ProcessLife.Parse(life.ToString()).ShouldBe(life);
    }

    [TestCase("")]
    [TestCase("boot/0/1")]
    [TestCase("boot/1/1")]
    [TestCase("boot/-5/1")]
    [TestCase("boot/x/1")]
    [TestCase("4f2a")]
    public void What_names_no_life_is_none(string text) => ProcessLife.Parse(text).ShouldBeNull();
}

[UnsupportedOSPlatform("windows")]
public class DetachedStartTests
{
    private static readonly ProcessLives Table = new();

    [Test]
    public async Task A_program_leads_its_own_session_writes_to_its_file_and_inherits_nothing_that_is_open()
    {
        var folder = Directory.CreateTempSubdirectory("det-").FullName;
        var log = Path.Combine(folder, "log");
        const string script =
            "console.log(JSON.stringify([process.argv.slice(1), process.cwd(), Object.keys(process.env), "
            + "require('fs').readdirSync('/proc/self/fd').filter(f => +f > 2 && "
            + "require('fs').existsSync('/proc/self/fd/' + f)).map(f => require('fs').readlinkSync('/proc/self/fd/' + f))"
            + ".filter(l => l.startsWith('/'))])); setTimeout(() => {}, 30000)";
        using var open = new FileStream(Path.Combine(folder, "open"), FileMode.Create);
        var life = Table.Find(
            new DetachedStart().Start(
                new(
                    "node",
                    ["-e", script, "--", "$(id)", "a b\n\"c\"", ""],
                    folder,
                    System
                        .Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(
                            "PATH",
                            Environment.GetEnvironmentVariable("PATH")!
                        )
                        .Add("X", "ä=1"),
                    log
                )
            )
        )!;
        try
        {
            await ServingBed.EventuallyAsync(async () =>
                File.Exists(log) && (await File.ReadAllTextAsync(log)).EndsWith('\n')
            );
            var said = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(log)).RootElement;
            said[0].EnumerateArray().Select(e => e.GetString()).TakeLast(3).ShouldBe(["$(id)", "a b\n\"c\"", ""]);
            said[1].GetString().ShouldBe(folder);
            said[2].EnumerateArray().Select(e => e.GetString()).ShouldBe(["PATH", "X"], ignoreOrder: true);
            said[3].EnumerateArray().Select(e => e.GetString()).ShouldNotContain(Path.Combine(folder, "open"));
            var stat = (await File.ReadAllTextAsync($"/proc/{life.ProcessId}/stat")).Split(") ")[^1].Split(' ');
            stat[2].ShouldBe(life.ProcessId.ToString()); // process group
            stat[3].ShouldBe(life.ProcessId.ToString()); // session
            ((int)File.GetUnixFileMode(log)).ShouldBe(0b110_000_000);
        }
        finally
        {
            Table.Signal(life, force: true);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_program_that_is_not_there_is_named() =>
        Should
            .Throw<PipelineException>(() =>
                new DetachedStart().Start(
                    new(
                        "no-such-program",
                        [],
                        "/tmp",
                        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
                        "/dev/null"
                    )
                )
            )
            .Message.ShouldStartWith("no-such-program cannot be started in /tmp: No such file or directory");
}
