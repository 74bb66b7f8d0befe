using System.Collections.Immutable;
using Slipway.Infrastructure;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests.Infrastructure;

public sealed class PlanRulesTests
{
    private static ResourceChange Change(string address, bool isProtected, params string[] actions) =>
        new(address, address.Split('.')[0], [.. actions], isProtected);

    [TestCase("aws_db_instance.main", "aws_db_instance.*", true)]
    [TestCase("module.data.aws_db_instance.main", "*aws_db_instance*", true)]
    [TestCase("aws_db_instance.main", "aws_db_instance", false)]
    [TestCase("aws_s3_bucket.logs", "aws_db_instance.*", false)]
    [TestCase("a.b.c", "a*c", true)]
    [TestCase("a.b.cd", "a*c", false)]
    [TestCase("", "*", true)]
    public void APatternProtects(string address, string pattern, bool expected) =>
        PlanRules.IsProtected(address, [pattern]).ShouldBe(expected);

    [Test]
    public void NothingIsProtectedWithoutAPattern() => PlanRules.IsProtected("a.b", default).ShouldBeFalse();

    [TestCase("delete")]
    [TestCase("delete,create")]
    [TestCase("create,delete")]
    public void AProtectedResourceIsNotDestroyedWithoutLeave(string actions)
    {
        ImmutableArray<ResourceChange> changes = [Change("aws_db_instance.main", true, actions.Split(','))];
        Should.Throw<PipelineException>(() => PlanRules.DemandLeave(changes, null)).Message.ShouldContain("aws_db_instance.main");
        Should.NotThrow(() => PlanRules.DemandLeave(changes, "it is empty"));
    }

    [Test]
    public void OtherChangesNeedNoLeave() =>
        Should.NotThrow(() =>
            PlanRules.DemandLeave([Change("aws_db_instance.main", true, "update"), Change("aws_sns_topic.t", false, "delete")], null)
        );

    [Test]
    public void TheWayBackUndoesInReverseOrder() =>
        PlanRules
            .Back([Change("a.a", false, "create"), Change("b.b", false, "delete", "create"), Change("c.c", false, "no-op"), Change("d.d", false, "update")])
            .Select(change => $"{change.Address}:{string.Join('+', change.Actions)}")
            .ShouldBe(["d.d:update", "b.b:delete+create", "a.a:delete"]);
}
