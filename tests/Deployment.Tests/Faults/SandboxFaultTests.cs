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
