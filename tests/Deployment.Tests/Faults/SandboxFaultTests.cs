using Slipway.Faults;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests.Faults;

public class SandboxFaultTests
{
    [TestCaseSource(typeof(SandboxFault), nameof(SandboxFault.Examples))]
    public void EveryExampleIsAFault(string text) => SandboxFault.Parse(text).Text.ShouldBe(text);

    [TestCase("errors:5%", FaultBearer.Candidate)]
    [TestCase("crash", FaultBearer.Candidate)]
    [TestCase("broken-migration", FaultBearer.Migration)]
    [TestCase("shared-outage", FaultBearer.SharedOutage)]
    public void HasABearer(string text, FaultBearer bearer) => SandboxFault.Parse(text).Bearer.ShouldBe(bearer);

    [TestCase("errors:60%@eu-west", "errors:60%", "eu-west", FaultBearer.Candidate)]
    [TestCase("shared-outage@us-east", "shared-outage", "us-east", FaultBearer.SharedOutage)]
    public void MayHitOneRegionOnly(string text, string fault, string region, FaultBearer bearer)
    {
        var parsed = SandboxFault.Parse(text);
        parsed.ShouldBe(new(fault, bearer, region));
        parsed.Hits(region).ShouldBeTrue();
        parsed.Hits("ap-south").ShouldBeFalse();
        parsed.Hits(null).ShouldBeFalse();
        SandboxFault.Parse(fault).Hits(region).ShouldBeTrue();
    }

    [TestCase("errors:5%@")]
    [TestCase("errors:5%@Europe")]
    [TestCase("errors:5%@eu-west@us-east")]
    [TestCase("errors:5%@eu-west ")]
    [TestCase("@eu-west")]
    [TestCase("broken-migration@eu-west")]
    public void ARegionThatIsNone_OrASharedThing_IsRefused(string text) =>
        Should.Throw<PipelineException>(() => SandboxFault.Parse(text)).ExitCode.ShouldBe(ExitCode.Usage);

    [TestCase("")]
    [TestCase("errors")]
    [TestCase("errors:101%")]
    [TestCase("errors:5%\n")]
    [TestCase(" crash")]
    [TestCase("$(id)")]
    [TestCase("broken-migration:1")]
    public void WhatIsNoneIsRefusedWithTheChoices(string text)
    {
        var error = Should.Throw<PipelineException>(() => SandboxFault.Parse(text));
        error.ExitCode.ShouldBe(ExitCode.Usage);
        error.Expected.ShouldNotBeNull().ShouldContain("latency:+50%");
    }
}
