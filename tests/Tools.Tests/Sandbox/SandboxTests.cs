using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Tools.Tests.Haproxy;

namespace Slipway.Tools.Tests.Sandbox;

[UnsupportedOSPlatform("windows")]
public class SandboxRootTests
{
    [Test]
    public void Each_checkout_has_its_own_folder_and_keeps_it()
    {
        var one = SandboxRoot.PathFor("/home/ann/shop", "ann", null);
        one.ShouldMatch("^/var/tmp/slipway-ann-[0-9a-f]{12}$");
        SandboxRoot.PathFor("/home/ann/shop/", "ann", "").ShouldBe(one);
        SandboxRoot.PathFor("/home/ann/shop2", "ann", null).ShouldNotBe(one);
        SandboxRoot.PathFor("/home/ann/shop", "../../x y", null).ShouldStartWith("/var/tmp/slipway-xy-");
    }

    [TestCase("/srv/box/", "/srv/box")]
    public void The_variable_decides(string variable, string path) =>
        SandboxRoot.PathFor("/x", "ann", variable).ShouldBe(path);

    [TestCase("box")]
    [TestCase("/")]
    [TestCase("/srv/../etc")]
    [TestCase("/srv/a b")]
    [TestCase("/srv/$(id)")]
    [TestCase("/srv/a\nb")]
    [TestCase("/srv/0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void A_folder_that_would_break_a_part_is_refused(string variable) =>
        Should
            .Throw<PipelineException>(() => SandboxRoot.PathFor("/x", "ann", variable))
            .Message.ShouldStartWith("SLIPWAY_SANDBOX_ROOT: ");

    [Test]
    public void The_folder_lets_others_through_and_shows_them_nothing()
    {
        var path = Path.Combine("/tmp", $"root-{Guid.NewGuid():N}");
        try
        {
            SandboxRoot.Open("/x", "ann", path).Location.ShouldBe(path);
            ((int)File.GetUnixFileMode(path)).ShouldBe(0b111_001_001);
            SandboxRoot.Open("/x", "ann", path).Location.ShouldBe(path);
        }
        finally
        {
            Directory.Delete(path);
        }
    }

    [Test]
    public void A_link_and_a_folder_of_another_user_are_refused()
    {
        var link = Path.Combine("/tmp", $"root-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(link, "/var/tmp");
        try
        {
            Should
                .Throw<PipelineException>(() => SandboxRoot.Open("/x", "ann", link))
                .Message.ShouldEndWith("leads to /var/tmp");
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Test]
    public void A_folder_of_another_user_is_refused()
    {
        // For a user that is any folder of root, for root one that it gives away.
        var isRoot = Environment.UserName == "root";
        var folder = isRoot ? Directory.CreateTempSubdirectory("other-").FullName : "/usr";
        try
        {
            if (isRoot)
            {
                using var chown = System.Diagnostics.Process.Start("chown", ["nobody", folder]);
                chown.WaitForExit(5000).ShouldBeTrue();
            }
            Should
                .Throw<PipelineException>(() => SandboxRoot.Open("/x", "ann", folder))
                .Message.ShouldContain("belongs to ");
        }
        finally
        {
            if (isRoot)
                Directory.Delete(folder);
        }
    }
}

public class SandboxSettingsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly ImmutableArray<string?> NoRegions = [null];

    private string _folder = "";

    private SandboxSettingsFile Settings => new(SandboxRoot.Open("/x", "ann", _folder), "/repo/sandbox/cloud");

    // All that it is made of, and no lists that are made anew when they are asked for.

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("box-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Ports_are_chosen_once_and_handed_to_terraform()
    {
        (await Settings.ReadAsync(None)).ShouldBeNull();
        var first = await Settings.EnsureAsync(NoRegions, None);
        first.In(null).HttpPort.ShouldBeInRange(20_000, 31_999);
        first.DatabasePort.ShouldBeInRange(20_000, 31_999);
        first.DatabasePort.ShouldNotBe(first.In(null).HttpPort);
        JsonSerializer.Serialize(await Settings.EnsureAsync(NoRegions, None)).ShouldBe(JsonSerializer.Serialize(first));
        JsonSerializer.Serialize(await Settings.ReadAsync(None)).ShouldBe(JsonSerializer.Serialize(first));
        var json = JsonDocument.Parse(await File.ReadAllTextAsync(first.VariablesFile)).RootElement;
        json.EnumerateObject()
            .Select(value => value.Name)
            .ShouldBe(["root", "scripts", "http_ports", "database_port"], ignoreOrder: true);
    }

    [Test]
    public async Task Each_region_has_a_port_a_folder_and_a_socket_of_its_own()
    {
        var settings = await Settings.EnsureAsync(["us-east", "eu-west"], None);
        settings.HttpPorts.Keys.ShouldBe(["eu-west", "us-east"]);
        settings.HttpPorts.Values.Append(settings.DatabasePort).Distinct().Count().ShouldBe(3);
        var west = settings.In("eu-west");
        west.Root.ShouldBe(Path.Combine(_folder, "regions", "eu-west"));
        west.AdminSocket.ShouldBe(Path.Combine(_folder, "eu-west.sock"));
        west.RouterAddress.ShouldBe("terraform_data.haproxy[\"eu-west\"]");
        JsonSerializer.Serialize(await Settings.ReadAsync(None)).ShouldBe(JsonSerializer.Serialize(settings));
        var grown = await Settings.EnsureAsync(["us-east", "eu-west", "ap-south"], None);
        grown.HttpPorts.ShouldContain(settings.HttpPorts.First());
        grown.HttpPorts.Count.ShouldBe(3);
    }

    [Test]
    public async Task A_file_from_before_there_were_regions_is_taken_over()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, SandboxSettingsFile.Name),
            $$"""{ "root": "{{_folder}}", "scripts": "/repo", "http_port": 20123, "database_port": 20124 }"""
        );
        var settings = (await Settings.ReadAsync(None)).ShouldNotBeNull();
        settings.In(null).HttpPort.ShouldBe(20123);
        settings.In(null).AdminSocket.ShouldBe(Path.Combine(_folder, "haproxy", "admin.sock"));
        // Terraform is told in today's words, or it could not even take the sandbox down.
        var ensured = await Settings.EnsureAsync(NoRegions, None);
        var json = JsonDocument.Parse(await File.ReadAllTextAsync(ensured.VariablesFile)).RootElement;
        json.GetProperty("http_ports").GetProperty("default").GetInt32().ShouldBe(ensured.In(null).HttpPort);
        json.TryGetProperty("http_port", out _).ShouldBeFalse();
    }

    [Test]
    public async Task A_port_that_another_program_took_meanwhile_is_replaced_and_the_other_one_kept()
    {
        var first = await Settings.EnsureAsync(NoRegions, None);
        using var other = new TcpListener(IPAddress.Loopback, first.In(null).HttpPort);
        other.Start();
        var second = await Settings.EnsureAsync(NoRegions, None);
        second.In(null).HttpPort.ShouldNotBe(first.In(null).HttpPort);
        second.DatabasePort.ShouldBe(first.DatabasePort);
    }

    [TestCase("")]
    [TestCase("{\"root\":\"/elsewhere\",\"http_port\":")]
    [TestCase("{\"http_port\":80,\"database_port\":80}")]
    [TestCase("{\"http_port\":99999,\"database_port\":5}")]
    [TestCase("{\"http_ports\":{},\"database_port\":5}")]
    [TestCase("{\"http_ports\":{\"us-east\":80,\"eu-west\":80},\"database_port\":5}")]
    [TestCase("{\"http_ports\":{\"../x\":80},\"database_port\":5}")]
    [TestCase("null")]
    public async Task A_damaged_file_is_made_anew(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, SandboxSettingsFile.Name), text);
        (await Settings.ReadAsync(None)).ShouldBeNull();
        (await Settings.EnsureAsync(NoRegions, None)).Root.ShouldBe(_folder);
    }

    [Test]
    public async Task Two_sandboxes_have_different_ports_even_when_one_wants_the_others()
    {
        var first = await Settings.EnsureAsync(NoRegions, None);
        using var http = new TcpListener(IPAddress.Loopback, first.In(null).HttpPort);
        using var database = new TcpListener(IPAddress.Loopback, first.DatabasePort);
        http.Start();
        database.Start();
        File.Delete(first.VariablesFile);
        var second = await Settings.EnsureAsync(NoRegions, None);
        new[] { second.In(null).HttpPort, second.DatabasePort }.ShouldNotContain(first.In(null).HttpPort);
        new[] { second.In(null).HttpPort, second.DatabasePort }.ShouldNotContain(first.DatabasePort);
    }

    [Test]
    public async Task Dead_parts_are_named_and_a_running_router_keeps_its_port()
    {
        await using var bed = new ServingBed();
        var settings = new SandboxSettings(
            bed.Root,
            "/repo/sandbox/cloud",
            ImmutableSortedDictionary<string, int>.Empty.Add(SandboxSettings.NoRegion, bed.Settings.HttpPort),
            ServingBed.FreePort()
        );
        (await new SandboxParts(settings).ReadDeadAsync(None)).ShouldBe([
            "terraform_data.postgres",
            "terraform_data.haproxy[\"default\"]",
        ]);
        await bed.StartHaproxyAsync();
        (await new SandboxParts(settings).ReadDeadAsync(None)).ShouldBe(["terraform_data.postgres"]);
        var file = new SandboxSettingsFile(SandboxRoot.Open("/x", "ann", bed.Root), "/repo/sandbox/cloud");
        await File.WriteAllTextAsync(settings.VariablesFile, JsonSerializer.Serialize(settings));
        (await file.EnsureAsync(NoRegions, None)).In(null).HttpPort.ShouldBe(bed.Settings.HttpPort);
        // It takes no orders any more, and users are still there: their address must not change.
        File.Delete(bed.Settings.AdminSocket);
        (await file.EnsureAsync(NoRegions, None)).In(null).HttpPort.ShouldBe(bed.Settings.HttpPort);
        await bed.KillHaproxyAsync();
        (await new SandboxParts(settings).ReadDeadAsync(None)).Length.ShouldBe(2);
    }

    [TestCase("1\n/data\n0\n5432\n")]
    [TestCase("no pid\n\n\n5432\n")]
    [TestCase("")]
    public async Task A_pid_file_whose_process_is_not_postgres_is_no_database(string text)
    {
        var settings = await Settings.EnsureAsync(NoRegions, None) with { DatabasePort = 5432 };
        Directory.CreateDirectory(Path.Combine(settings.DatabaseFolder, "data"));
        await File.WriteAllTextAsync(Path.Combine(settings.DatabaseFolder, "data", "postmaster.pid"), text);
        (await new SandboxParts(settings).ReadDeadAsync(None)).ShouldContain("terraform_data.postgres");
    }
}
