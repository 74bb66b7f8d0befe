using System.Text.Json;
using Slipway.Faults;
using Slipway.Outcomes;
using Slipway.Tools.Tests.Android;

namespace Slipway.Tools.Tests.Sandbox;

/// <summary>The pipeline refuses a fault before anything starts, the instances refuse it again: both read the same grammar.</summary>
public class FaultGrammar
{
    private static readonly string[] _texts =
    [
        .. SandboxFault.Examples.Where(text => text is not ("broken-migration" or "shared-outage")),
        "errors:0%",
        "errors:100%",
        "errors:100.0%",
        "errors:100.001%",
        "errors:0.1%",
        "errors:.1%",
        "errors:5",
        "errors:999%",
        "errors:1e1%",
        "errors:５%",
        "errors:60%:0s",
        "errors:60%:0.5s",
        "errors:60%:",
        "errors:60%:40",
        "errors:60%:s",
        "errors:60%:40s:1s",
        "errors:60%:99999s",
        "errors:101%:40s",
        "hang:50.5%",
        "hang:2%:40s",
        "latency:+9999%",
        "latency:+10000%",
        "latency:-5%",
        "latency:50%",
        "latency-tail:p99.9x1",
        "latency-tail:p101x2",
        "latency-tail:p99x0.9",
        "latency-tail:p99x",
        "crash:",
        "crash:0.5s",
        "crash:10",
        "crash-loop:2s",
        "slow-start",
        "slow-start:0s",
        "Crash",
        "crash ",
        "crash\n",
        "broken-health,crash",
        "$(id)",
        "__proto__",
    ];

    [Test]
    public async Task IsTheSameOnBothSides()
    {
        const string script = """
            const { parseFault } = await import(process.argv[1]);
            const known = (text) => { try { return parseFault(text) !== null; } catch { return false; } };
            console.log(JSON.stringify(JSON.parse(process.argv[2]).map(known)));
            """;
        var library = new Uri(Repository.At("sandbox", "services", "lib", "faults.mjs")).AbsoluteUri;
        var result = await new LocalCommandRunner().RunAsync(
            Command.Of("node", "--input-type=module", "-e", script, library, JsonSerializer.Serialize(_texts)).In("/")
        );

        var theirs = JsonSerializer.Deserialize<bool[]>(result.Output)!;
        for (var i = 0; i < _texts.Length; i++)
            Known(_texts[i]).ShouldBe(theirs[i], JsonSerializer.Serialize(_texts[i]));
        theirs.ShouldContain(true);
        theirs.ShouldContain(false);
    }

    private static bool Known(string text)
    {
        try
        {
            return SandboxFault.Parse(text).Bearer == FaultBearer.Candidate;
        }
        catch (PipelineException)
        {
            return false;
        }
    }
}
