using System.Text.RegularExpressions;
using Slipway.Deployment.Tests.Runs;
using Slipway.Ledger;
using Slipway.Outcomes;
using Slipway.Records;

namespace Slipway.Deployment.Tests.Ledger;

/// <summary>Five deployments of production, as they stand in git; then somebody changes something.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class AHistory
{
    private readonly List<(string RefName, string Message)> _refs = [.. Chain(5).Select(Ref)];

    [Test]
    public void Unchanged_is_sound_in_whatever_order_it_is_read()
    {
        var ledger = Verify(_refs.AsEnumerable().Reverse());

        ledger.Findings.ShouldBeEmpty();
        ledger.Entries.Select(entry => entry.Sequence).ShouldBe([1, 2, 3, 4, 5]);
        ledger.Last.ShouldNotBeNull().Name.ShouldBe("deploy-20251121-100500-abc123");
    }

    [Test]
    public void Survives_the_line_end_that_git_adds() =>
        Verify(_refs.Select(entry => (entry.RefName, entry.Message + "\n"))).Findings.ShouldBeEmpty();

    [Test]
    public void Empty_is_sound()
    {
        Verify([]).IsSound.ShouldBeTrue();
        Verify([]).Last.ShouldBeNull();
    }

    [Test]
    public void With_a_changed_entry_says_which()
    {
        _refs[2] = (_refs[2].RefName, _refs[2].Message.Replace("octocat", "mallory"));

        Findings()
            .ShouldBe([
                "refs/deployments/production/deploy-20251121-100300-abc123: is not what deploy-20251121-100400-abc123 was written after: it was changed or exchanged",
            ]);
    }

    [Test]
    public void With_an_entry_written_in_another_form_says_which()
    {
        _refs[2] = (_refs[2].RefName, _refs[2].Message.Replace("\":", "\": "));

        Findings()
            .ShouldBe([
                "refs/deployments/production/deploy-20251121-100300-abc123: was changed: refs/deployments/production/deploy-20251121-100300-abc123 is not written as the pipeline writes it",
                "production: entry 3 is missing",
            ]);
    }

    [TestCase(0)]
    [TestCase(2)]
    public void With_a_missing_entry_says_which(int index)
    {
        _refs.RemoveAt(index);

        Findings().ShouldBe([$"production: entry {index + 1} is missing"]);
    }

    [Test]
    public void Without_its_newest_entries_disagrees_with_the_environment_tag()
    {
        _refs.RemoveAt(4);

        Findings().ShouldBeEmpty();
        DeploymentLedger
            .Verify("production", _refs, Sha(5))
            .Findings.Single()
            .ToString()
            .ShouldBe(
                "production: the tag production points at 0000005, the newest successful entry is about 0000004: entries are missing, or the tag was moved by hand"
            );
    }

    [Test]
    public void Agrees_with_the_environment_tag_when_it_is_whole() =>
        DeploymentLedger.Verify("production", _refs, Sha(5)).Findings.ShouldBeEmpty();

    [Test]
    public void With_exchanged_entries_says_which_stand_under_another_name()
    {
        (_refs[1], _refs[2]) = ((_refs[1].RefName, _refs[2].Message), (_refs[2].RefName, _refs[1].Message));

        Findings().Count(finding => finding.Contains("is about refs/deployments/production/")).ShouldBe(2);
    }

    [Test]
    public void With_two_entries_after_one_says_that_it_is_forked()
    {
        var chain = Chain(3);
        var fork = LedgerEntry.Append(Record(9), chain[1]);

        Verify([.. chain.Select(Ref), Ref(fork)])
            .Findings.Select(finding => finding.ToString())
            .ShouldBe([
                "production: entry 3 exists 2 times: deploy-20251121-100300-abc123, deploy-20251121-100900-abc123",
            ]);
    }

    [Test]
    public void Rewritten_from_the_middle_does_not_join()
    {
        var other = LedgerEntry.Append(Record(3) with { TriggeredBy = "mallory" }, Chain(2)[1]);
        _refs[2] = Ref(other);

        Findings().Single().ShouldContain("was changed or exchanged");
    }

    [Test]
    public void With_time_running_backwards_says_where()
    {
        var chain = Chain(2);
        var late = LedgerEntry.Append(Record(0), chain[1]);

        Verify([.. chain.Select(Ref), Ref(late)])
            .Findings.Single()
            .Problem.ShouldBe("is older than deploy-20251121-100200-abc123, which it follows");
    }

    [Test]
    public void With_an_entry_of_another_environment_says_so()
    {
        var staging = LedgerEntry.Append(Record(1) with { Environment = "staging" }, null);

        Verify([Ref(staging)]).Findings.Single().Problem.ShouldBe("belongs to staging");
        Should.Throw<PipelineException>(() => LedgerEntry.Append(Record(2), staging));
    }

    [TestCase("")]
    [TestCase("hello")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("{\"ledger\":1,\"previous\":1,\"record\":{},\"sequence\":\"x\"}")]
    [TestCase("{\"ledger\":1,\"previous\":null,\"record\":{\"deploymentId\":\"x\"},\"sequence\":1}")]
    public void With_a_tag_that_is_no_entry_says_so(string message) =>
        Verify([("refs/deployments/production/x", message)]).Findings.Single().Problem.ShouldStartWith("was changed");

    [Test]
    public void With_a_number_out_of_all_proportion_does_not_count_up_to_it()
    {
        var entry = Chain(1)[0];
        var huge = Regex.Replace(entry.Message, "\"sequence\":1", "\"sequence\":2147483647");

        Verify([(entry.RefName, huge)]).Findings.Length.ShouldBe(2);
    }

    [Test]
    public void Says_what_was_deployed_newest_first()
    {
        var one = LedgerEntry.Append(Record(1), null);
        var two = LedgerEntry.Append(Record(2) with { Status = "rolled_back" }, one);
        var three = LedgerEntry.Append(Record(3) with { Version = "api/v7.0.0" }, two);
        var four = LedgerEntry.Append(Record(4), three);
        var five = LedgerEntry.Append(Record(5) with { Version = "v1.0.1" }, four);

        Verify([Ref(one), Ref(two), Ref(three), Ref(four), Ref(five)])
            .Deployed("")
            .Select(version => version.FullVersion)
            .ShouldBe(["v1.0.1", "v1.0.4"]);
    }

    private IEnumerable<string> Findings() => Verify(_refs).Findings.Select(finding => finding.ToString());

    private static DeploymentLedger Verify(IEnumerable<(string, string)> refs) =>
        DeploymentLedger.Verify("production", refs);

    private static List<LedgerEntry> Chain(int length)
    {
        var chain = new List<LedgerEntry>();
        for (var number = 1; number <= length; number++)
            chain.Add(LedgerEntry.Append(Record(number), chain.LastOrDefault()));
        return chain;
    }

    private static (string, string) Ref(LedgerEntry entry) => (entry.RefName, entry.Message);

    private static string Sha(int number) => number.ToString("x7") + new string('0', 33);

    private static DeploymentRecord Record(int number)
    {
        var at = new DateTimeOffset(2025, 11, 21, 10, number, 0, TimeSpan.Zero);
        return DeploymentRecords.Compose(SampleRun.Finished, DeploymentStatus.Success, at, at) with
        {
            DeploymentId = $"deploy-20251121-10{number:00}00-abc123",
            Version = $"v1.0.{number}",
            GitSha = Sha(number),
        };
    }
}
