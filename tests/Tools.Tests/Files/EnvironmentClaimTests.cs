using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public sealed class EnvironmentClaimTests
{
    private ScratchFolder _folder = null!;
    private string _claim = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new ScratchFolder();
        _claim = Path.Combine(_folder.Path, "claim");
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void ItsHolderIsSeenAsLongAsItHolds()
    {
        EnvironmentClaim.HolderOf(_claim).ShouldBeNull("nobody ever held it");
        using (EnvironmentClaim.Take(_claim, "sandbox", "ann (Deploy, process 1, since x)", TimeProvider.System))
        {
            var holder = EnvironmentClaim.HolderOf(_claim)!;
            (holder.Name, holder.ProcessId).ShouldBe(("ann (Deploy, process 1, since x)", Environment.ProcessId));
        }
        EnvironmentClaim.HolderOf(_claim).ShouldBeNull("the note of the last holder proves nothing");
    }

    [Test]
    public void LookingDoesNotStandInTheWay()
    {
        using var held = EnvironmentClaim.Take(_claim, "sandbox", "ann", TimeProvider.System);
        EnvironmentClaim.HolderOf(_claim).ShouldNotBeNull();
        Should
            .Throw<PipelineException>(() => EnvironmentClaim.Take(_claim, "sandbox", "bob", TimeProvider.System))
            .ExitCode.ShouldBe(ExitCode.Locked);
    }

    [TestCase("")]
    [TestCase("nonsense")]
    [TestCase("ann, process 99999999999999999999, since 2026-01-01 00:00:00 UTC")]
    [TestCase("ann, process 1, since 2026-01-01")]
    public void ANoteThatSaysNothingNamesNobody(string note)
    {
        _folder.File("claim", "");
        _folder.File("claim.holder", note);
        EnvironmentClaim.HolderOf(_claim).ShouldBeNull();
    }
}
