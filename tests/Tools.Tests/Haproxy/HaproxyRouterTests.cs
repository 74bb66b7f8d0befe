using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Rollouts;
using Slipway.Routing;

namespace Slipway.Tools.Tests.Haproxy;

public class HaproxyRouterTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Test]
    public async Task A_first_deployment_then_a_second_one_through_all_weights_then_a_hot_rollback_lose_no_request()
    {
        await using var bed = new ServingBed([
            new("web", "/web/health", ["/"], Instances: 2),
            new("auth", "/auth/health", ["/auth"]),
        ]);
        await bed.StartHaproxyAsync();
        (await bed.GetAsync()).Status.ShouldBe(503);
        await bed.DeployAsync("1.0.0");
        (await bed.GetAsync()).ShouldBe((200, "1.0.0"));

        await using var traffic = bed.Traffic();
        await bed.StartCandidateAsync("1.1.0");
        (await bed.Router.ReadAsync(None)).CandidateShare.ShouldBe(0);
        foreach (var percent in new[] { 5, 50, 100 })
        {
            await bed.Router.SetCandidateShareAsync(percent, None);
            (await bed.Router.ReadAsync(None)).Services.ShouldAllBe(service =>
                service.CandidateShare == percent && service.StableUp && service.CandidateUp
            );
            await Task.Delay(1000);
        }
        await bed.Router.SwapAsync(None);
        (await bed.Router.ReadAsync(None)).CandidateShare.ShouldBe(0);
        (await bed.GetAsync()).Version.ShouldBe("1.1.0");
        (await bed.Workload.ReadAsync(Arm.Stable, None)).Version.ShouldBe(ServingBed.Version("1.1.0"));
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).ShouldSatisfyAllConditions(
            warm => warm.Version.ShouldBe(ServingBed.Version("1.0.0")),
            warm => warm.InstancesAlive.ShouldBe(3)
        );
        await Task.Delay(500);

        await bed.Router.SwapAsync(None); // hot rollback: one switch
        (await bed.GetAsync()).Version.ShouldBe("1.0.0");
        await bed.Workload.StopCandidateAsync(TimeSpan.FromSeconds(5), None);
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).InstancesWanted.ShouldBe(0);
        await Task.Delay(500);

        var report = await traffic.StopAsync();
        report.Lost.ShouldBe(0, report.ToString());
        report.Sent.ShouldBe(report.Versions.Sum(version => version.Ok), report.ToString());
        report.Of("1.1.0")!.Ok.ShouldBeGreaterThan(30);
        report.Of("1.0.0")!.Ok.ShouldBeGreaterThan(30);
    }

    [Test]
    public async Task A_path_that_moves_from_a_service_that_serves_is_refused_before_anything_is_read_anew()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        var settings = bed.Settings with
        {
            Services = [new("web", "/web/health", ["/"]), new("login", "/login/health", ["/auth"])],
        };
        var registry = new HaproxyRegistry(
            settings,
            bed.Runtime,
            new HaproxyConfigurationFile(settings),
            TimeProvider.System,
            reload: _ => throw new InvalidOperationException("read anew")
        );
        var slot = (await bed.Runtime.ReadStableAsync(None)).Other();
        var refused = await Should.ThrowAsync<PipelineException>(
            registry.RegisterAsync(slot, [new("web", 1, 1), new("login", 1, 1)], None)
        );
        refused.Message.ShouldContain("/auth is auth's");
        refused.ExitCode.ShouldBe(ExitCode.Usage);
        (await bed.GetAsync("/auth")).ShouldBe((200, "1.0.0"));
        // Should HAProxy die now, the path still is who serves it.
        (await File.ReadAllTextAsync(settings.ConfigurationFile)).ShouldContain("use_backend auth if { path /auth }");
    }

    [Test]
    public async Task Five_percent_is_exactly_five_in_a_hundred()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        await bed.Router.SetCandidateShareAsync(5, None);
        var versions = new List<string>();
        for (var i = 0; i < 200; i++)
            versions.Add((await bed.GetAsync()).Version);
        versions.Count(version => version == "1.1.0").ShouldBe(10);
    }

    [Test]
    public async Task HAProxy_killed_in_the_middle_of_a_rollout_comes_back_with_everything_at_the_stable_version()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.DeployAsync("1.1.0");
        await bed.StartCandidateAsync("1.2.0");
        await bed.Router.SetCandidateShareAsync(50, None);

        await bed.KillHaproxyAsync();
        var dead = await Should.ThrowAsync<PipelineException>(() => bed.Router.SetCandidateShareAsync(0, None));
        dead.Message.ShouldStartWith($"the router does not answer at {bed.Settings.AdminSocket}");
        dead.Next.ShouldBe("./build.sh --target=SandboxUp");
        (await bed.Metrics.ReadAsync(None)).ShouldBeNull();

        await bed.StartHaproxyAsync();
        for (var i = 0; i < 20; i++)
            (await bed.GetAsync()).ShouldBe((200, "1.1.0"));
        (await bed.Workload.ReadAsync(Arm.Stable, None)).Version.ShouldBe(ServingBed.Version("1.1.0"));

        // The rollout can go on: the candidate still runs, and the router learns of it again.
        await bed.NewRouter().SetCandidateShareAsync(50, None);
        (await bed.Router.ReadAsync(None)).CandidateShare.ShouldBe(50);
        await bed.NewRouter().SetCandidateShareAsync(0, None);
        (await bed.GetAsync()).Version.ShouldBe("1.1.0");
    }

    [Test]
    public async Task A_restart_after_a_promotion_serves_the_promoted_version_with_the_one_before_it_warm()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.DeployAsync("1.1.0");
        await bed.KillHaproxyAsync();
        await bed.StartHaproxyAsync();
        (await bed.GetAsync()).ShouldBe((200, "1.1.0"));
        await bed.Router.SwapAsync(None);
        (await bed.GetAsync("/auth/me")).ShouldBe((200, "1.0.0"));
    }

    [Test]
    public async Task A_promotion_that_died_before_it_wrote_the_file_is_made_good_by_the_next_command()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        var before = await File.ReadAllTextAsync(bed.File.Location);
        await bed.DeployAsync("1.1.0");
        await File.WriteAllTextAsync(bed.File.Location, before);
        await bed.NewRouter().SetCandidateShareAsync(0, None);
        (await bed.File.ReadAsync(None))!.Stable.ShouldBe(await bed.Registry.ReadStableSlotAsync(None));
        (await bed.GetAsync()).Version.ShouldBe("1.1.0");
    }

    [Test]
    public async Task A_candidate_that_is_not_up_gets_no_traffic_and_is_not_promoted()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        foreach (
            var attempt in new Func<Task>[]
            {
                () => bed.Router.SetCandidateShareAsync(5, None),
                () => bed.Router.SwapAsync(None),
            }
        )
        {
            (await Should.ThrowAsync<PipelineException>(attempt)).Message.ShouldContain(
                "no instance of web, auth is up at the router (blue)"
            );
        }
        (await bed.GetAsync()).ShouldBe((200, "1.0.0"));
    }

    [Test]
    public async Task A_slot_with_traffic_is_neither_replaced_nor_stopped()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        await bed.Router.SetCandidateShareAsync(5, None);
        await Should.ThrowAsync<PipelineException>(() => bed.StartCandidateAsync("1.2.0"));
        await Should.ThrowAsync<PipelineException>(() => bed.Workload.StopCandidateAsync(TimeSpan.Zero, None));
        var stable = await bed.Registry.ReadStableSlotAsync(None);
        await Should.ThrowAsync<PipelineException>(() => bed.Registry.UnregisterAsync(stable, None));
        (await bed.Workload.ReadAsync(Arm.Candidate, None)).InstancesAlive.ShouldBe(2);
    }

    [Test]
    public async Task A_candidate_that_dies_or_breaks_connections_costs_the_users_nothing_and_is_counted()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0", fault: "closes");
        (await bed.Metrics.ReadAsync(None)).ShouldNotBeNull();
        await using var traffic = bed.Traffic();
        await bed.Router.SetCandidateShareAsync(20, None);
        await Task.Delay(1000);
        foreach (var id in await bed.Host.FindAsync((await bed.Registry.ReadStableSlotAsync(None)).Other(), None))
            await bed.Host.StopAsync(id, TimeSpan.Zero, None);
        await Task.Delay(1500);
        var report = await traffic.StopAsync();
        report.Lost.ShouldBe(0, report.ToString());
        var reading = await bed.Metrics.ReadAsync(None);
        reading!.Candidate!.Timeouts.ShouldBeGreaterThan(5);
        reading.Candidate.Requests.ShouldBe(reading.Candidate.Timeouts);
        reading.Candidate.Crashes.ShouldBe(2);
        reading.Stable!.Timeouts.ShouldBe(0);
        reading.Stable.Crashes.ShouldBe(0);
        (await bed.Router.ReadAsync(None)).Services.ShouldAllBe(service => !service.CandidateUp && service.StableUp);
    }

    [Test]
    public async Task Of_a_service_that_only_one_version_has_the_failures_alone_count()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        var stable = await bed.Registry.ReadStableSlotAsync(None);
        var server = HaproxyConfiguration.ServerName(stable, 1);
        await bed.Runtime.ApplyAsync([HaproxyCommands.SetState("auth", server, ServerState.Maint)], None);
        await bed.StartCandidateAsync("1.1.0");
        await bed.Router.SetCandidateShareAsync(5, None);
        var state = await bed.Router.ReadAsync(None);
        state.CandidateShare.ShouldBe(5);
        state.Split.ShouldHaveSingleItem().Service.ShouldBe("web");
        state.Services.ShouldAllBe(service => !service.IsStableDown);

        var before = (await bed.Metrics.ReadAsync(None))!;
        for (var i = 0; i < 20; i++)
            await bed.GetAsync("/");
        for (var i = 0; i < 30; i++)
            (await bed.GetAsync("/auth/me")).Version.ShouldBe("1.1.0");
        Canary.MetricsReading after = before;
        await ServingBed.EventuallyAsync(async () =>
        {
            after = (await bed.Metrics.ReadAsync(None))!;
            return Since(before, after) == 20;
        });
        (after.Stable!.Latency.Count + after.Candidate!.Latency.Count).ShouldBe(20);

        foreach (var id in await bed.Host.FindAsync(stable.Other(), None))
            await bed.Host.StopAsync(id, TimeSpan.Zero, None);
        for (var i = 0; i < 10; i++)
            await bed.GetAsync("/auth/me");
        var failed = (await bed.Metrics.ReadAsync(None))!;
        failed.Candidate!.Timeouts.ShouldBeGreaterThan(after.Candidate.Timeouts);
        failed.Candidate.Requests.ShouldBeGreaterThan(after.Candidate.Requests);

        // Split again, it does not bring its past along.
        await bed.Runtime.ApplyAsync([HaproxyCommands.SetState("auth", server, ServerState.Ready)], None);
        Since(failed, (await bed.Metrics.ReadAsync(None))!).ShouldBeLessThan(5);

        static long Since(Canary.MetricsReading from, Canary.MetricsReading to) =>
            to.Stable!.Requests - from.Stable!.Requests + to.Candidate!.Requests - from.Candidate!.Requests;
    }

    [Test]
    public async Task Counters_and_latencies_of_both_arms_are_those_of_the_requests()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0", fault: "errors");
        await bed.Router.SetCandidateShareAsync(50, None);
        var before = await bed.Metrics.ReadAsync(None);
        for (var i = 0; i < 40; i++)
            await bed.GetAsync(i % 2 == 0 ? "/" : "/auth/me");
        Canary.MetricsReading? after = null;
        await ServingBed.EventuallyAsync(async () =>
        {
            after = await bed.Metrics.ReadAsync(None);
            return after?.Stable?.Latency.Count == 20 && after.Candidate?.Latency.Count == 20;
        });
        after!.Epoch.ShouldBe(before!.Epoch);
        (after.Stable!.Requests - before.Stable!.Requests).ShouldBe(20);
        (after.Candidate!.Requests - before.Candidate!.Requests).ShouldBe(20);
        (after.Candidate.ServerErrors - before.Candidate.ServerErrors).ShouldBe(20);
        (after.Stable.ServerErrors - before.Stable.ServerErrors).ShouldBe(0);
        after.Stable.Timeouts.ShouldBe(before.Stable.Timeouts);
        after.Candidate.Latency.Buckets.Sum().ShouldBe(20);

        await bed.Router.SetCandidateShareAsync(100, None);
        await bed.Router.SwapAsync(None);
        (await bed.Metrics.ReadAsync(None))!.Epoch.ShouldNotBe(after.Epoch);
    }

    [Test]
    public async Task A_request_under_way_is_finished_before_its_version_stops()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.DeployAsync("1.1.0");
        await bed.Router.SwapAsync(None);
        await bed.Router.SwapAsync(None); // 1.1.0 stable again, 1.0.0 warm
        await bed.Router.SwapAsync(None);
        var slow = bed.GetAsync("/slow"); // at 1.0.0
        await ServingBed.EventuallyAsync(async () =>
            (await bed.Router.ReadAsync(None)).Services.Sum(service => service.StableSessions) > 0
        );
        await bed.Router.SwapAsync(None);
        await bed.Workload.StopCandidateAsync(TimeSpan.FromSeconds(10), None);
        (await slow).ShouldBe((200, "1.0.0"));
    }

    [Test]
    public async Task A_sticky_user_stays_at_the_candidate_while_its_share_grows_and_leaves_it_at_zero()
    {
        await using var bed = new ServingBed(stickyBy: "cookie:user");
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        var before = new HashSet<int>();
        foreach (var percent in new[] { 20, 50, 80 })
        {
            await bed.Router.SetCandidateShareAsync(percent, None);
            var now = await UsersAtCandidateAsync(bed);
            now.ShouldBe(await UsersAtCandidateAsync(bed), ignoreOrder: true);
            before.ShouldBeSubsetOf(now);
            now.Count.ShouldBeInRange(percent - 20, percent + 20);
            before = now;
        }
        await bed.Router.SetCandidateShareAsync(0, None);
        (await UsersAtCandidateAsync(bed)).ShouldBeEmpty();
    }

    [TestCase(5)]
    [TestCase(50)]
    [TestCase(100)]
    public async Task Traffic_is_taken_back_at_once_also_with_a_full_disk_and_a_dead_candidate(int percent)
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        await bed.Router.SetCandidateShareAsync(percent, None);
        foreach (var id in await bed.Host.FindAsync((await bed.Registry.ReadStableSlotAsync(None)).Other(), None))
            await bed.Host.StopAsync(id, TimeSpan.Zero, None);
        File.Delete(bed.File.Location);
        Directory.CreateDirectory(bed.File.Location); // neither to be read nor to be replaced
        var started = TimeProvider.System.GetTimestamp();
        await bed.NewRouter().SetCandidateShareAsync(0, None);
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        (await bed.Router.ReadAsync(None)).CandidateShare.ShouldBe(0);
        for (var i = 0; i < 10; i++)
            (await bed.GetAsync()).ShouldBe((200, "1.0.0"));
    }

    [Test]
    public async Task A_stable_instance_that_is_started_again_gets_what_the_candidate_leaves()
    {
        await using var bed = new ServingBed();
        await bed.StartHaproxyAsync();
        await bed.DeployAsync("1.0.0");
        await bed.StartCandidateAsync("1.1.0");
        foreach (var percent in new[] { 5, 100 })
        {
            await bed.Router.SetCandidateShareAsync(percent, None);
            var stable = await bed.Registry.ReadStableSlotAsync(None);
            await bed.Host.StopAsync((await bed.Host.FindAsync(stable, None)).First(), TimeSpan.Zero, None);
            (await bed.Workload.RepairStableAsync(None)).ShouldBe(1);
            (await bed.Router.ReadAsync(None)).Services.ShouldAllBe(service => service.CandidateShare == percent);
        }
    }

    private static async Task<HashSet<int>> UsersAtCandidateAsync(ServingBed bed)
    {
        var users = new HashSet<int>();
        for (var user = 0; user < 100; user++)
        {
            if ((await bed.GetAsync("/", $"user=u{user}")).Version == "1.1.0")
                users.Add(user);
        }
        return users;
    }
}
