using Slipway.Outcomes;

namespace Slipway.Pipeline.Tests.Failing;

/// <summary>A stage that failed says how to go on, where going on makes sense.</summary>
public class WhatToTypeNext
{
    private const string Again = "./build.sh --target=Deploy --resume --deployment-id=deploy-1";

    [TestCase(ExitCode.Failed)]
    [TestCase(ExitCode.Held)]
    public void IsToResume_WhereTheFailureDoesNotKnow(ExitCode code)
    {
        var thrown = Failures.Of(new PipelineException(code, "no room"), Again);
        thrown.ExitCode.ShouldBe((int)code);
        thrown.Message.ShouldBe($"no room\n  next: {Again}");
    }

    [TestCase(ExitCode.RolledBack)]
    [TestCase(ExitCode.Usage)]
    [TestCase(ExitCode.Locked)]
    public void IsNotToResume_WhatWasTakenBackOrRefused(ExitCode code) =>
        Failures.Of(new PipelineException(code, "errors"), Again).Message.ShouldBe("errors");

    [Test]
    public void IsWhatTheFailureSays_WhereItKnows() =>
        Failures
            .Of(new PipelineException("no room", "some", "df -h"), Again)
            .Message.ShouldBe("no room\n  expected: some\n  next: df -h");
}
