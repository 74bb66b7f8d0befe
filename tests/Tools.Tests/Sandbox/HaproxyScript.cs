namespace Slipway.Tools.Tests.Sandbox;

/// <summary><c>sandbox/cloud/haproxy.sh</c> with a real HAProxy.</summary>
public class HaproxyScript
{
    private ScratchSandbox _root = null!;
    private HttpClient _client = null!;

    [SetUp]
    public void Make()
    {
        _root = new ScratchSandbox();
        _client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
    }

    [TearDown]
    public async Task Remove()
    {
        _client.Dispose();
        await _root.DisposeAsync();
    }

    [Test]
    public async Task BringsItUpOnceAndTakesItDown()
    {
        _root.WriteRouter();
        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(3);
        await UpAsync();
        var pid = Pid();

        (await AskAsync()).ShouldBe("routed");
        await UpAsync();
        Pid().ShouldBe(pid, "up is nothing when it runs");
        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(0);

        (await _root.RunAsync("haproxy.sh", "down")).ExitCode.ShouldBe(0);
        (await _root.RunAsync("haproxy.sh", "down")).ExitCode.ShouldBe(0, "down twice is nothing");
        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(3);
        await Should.ThrowAsync<HttpRequestException>(AskAsync);
    }

    [Test]
    public async Task HealsAfterTheMasterWasKilled()
    {
        _root.WriteRouter();
        await UpAsync();
        using (var master = System.Diagnostics.Process.GetProcessById(int.Parse(Pid())))
        {
            master.Kill();
            await master.WaitForExitAsync();
        }

        await UpAsync();

        (await AskAsync()).ShouldBe("routed");
    }

    [Test]
    public async Task HealsOneThatTakesOrdersAndHasClosedItsPort()
    {
        _root.WriteRouter();
        await UpAsync();
        // What a successor sends to take the ports over; here it never comes.
        using (var pause = System.Diagnostics.Process.Start("kill", ["-s", "TTOU", Pid()]))
            await pause.WaitForExitAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (await AnswersAsync() && watch.Elapsed < TimeSpan.FromSeconds(10))
            await Task.Delay(20);
        await Should.ThrowAsync<HttpRequestException>(AskAsync);
        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(3);

        await UpAsync();

        (await AskAsync()).ShouldBe("routed");
    }

    [Test]
    public async Task DoesNotTakeAnotherProcessForItsOwn()
    {
        _root.WriteRouter();
        await File.WriteAllTextAsync(_root.At("haproxy", "haproxy.pid"), $"{Environment.ProcessId}\n");

        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(3);
        (await _root.RunAsync("haproxy.sh", "down")).ExitCode.ShouldBe(0);
        await UpAsync();

        (await AskAsync()).ShouldBe("routed");
    }

    [Test]
    public async Task SaysWhatIsWrongWithAConfiguration()
    {
        var missing = await _root.RunAsync("haproxy.sh", "up");
        missing.ExitCode.ShouldBe(1);
        missing.Error.ShouldContain("next: ./build.sh --target=SandboxUp");

        _root.WriteRouter("  nonsense here\n");
        var refused = await _root.RunAsync("haproxy.sh", "up");
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("the configuration is refused");
        (await _root.RunAsync("haproxy.sh", "status")).ExitCode.ShouldBe(3);
    }

    private Task<string> AskAsync() => _client.GetStringAsync(new Uri($"http://127.0.0.1:{_root.HttpPort}/"));

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await AskAsync();
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Pid() => File.ReadAllText(_root.At("haproxy", "haproxy.pid")).Trim();

    private async Task UpAsync()
    {
        var result = await _root.RunAsync("haproxy.sh", "up");
        result.ExitCode.ShouldBe(0, result.Error);
    }
}
