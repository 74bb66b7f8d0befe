using System.Collections.Immutable;
using Slipway.Migrations;

namespace Slipway.Deployment.Tests;

public class MigrationPolicyTests
{
    [Test]
    public void Expand_is_applied() => Decide("alter table users add column a int", null).Allowed.ShouldBeTrue();

    [Test]
    public void Unsafe_is_refused_with_its_lock() =>
        Decide("create index on users (a)", []).Refusals.Single().Why.ShouldBe("unsafe: it takes SHARE on users");

    [Test]
    public void A_reason_overrides_and_is_shown_what_it_overrode()
    {
        var decision = Decide("create index on users (a)", [], "table has 12 rows");

        decision.Allowed.ShouldBeTrue();
        decision.Overridden.Single().Finding.Rule.ShouldBe("create-index");
    }

    [TestCase("")]
    [TestCase("  ")]
    public void A_blank_reason_overrides_nothing(string reason) =>
        Decide("truncate users", [], reason).Allowed.ShouldBeFalse();

    [Test]
    public void Contract_is_refused_when_nobody_looked_who_reads() =>
        Decide("alter table users drop column email", null).Allowed.ShouldBeFalse();

    [Test]
    public void Contract_is_refused_while_a_version_reads_it() =>
        Decide("alter table users drop column last_login", [Reader("v1.2.3", "serving", "user.lastLogin = now")])
            .Refusals.Single()
            .Why.ShouldBe("users.last_login is still read by v1.2.3 (serving)");

    [TestCase("select LAST_LOGIN from users")]
    [TestCase("x.lastLogin()")]
    [TestCase("class LastLogin {}")]
    [TestCase("'last_login'")]
    public void A_word_reads_in_every_spelling(string source) =>
        Decide("alter table users drop column last_login", [Reader("v1", "serving", source)]).Allowed.ShouldBeFalse();

    [TestCase("last_logins")]
    [TestCase("last login")]
    [TestCase("")]
    public void Another_word_does_not(string source) =>
        Decide("alter table users drop column last_login", [Reader("v1", "serving", source)]).Allowed.ShouldBeTrue();

    [Test]
    public void Contract_is_applied_when_no_version_is_left_that_reads_it() =>
        Decide("drop table legacy", [Reader("v2.0.0", "serving", "select * from users")]).Allowed.ShouldBeTrue();

    [Test]
    public void One_of_several_tables_suffices() =>
        Decide("drop table a1, b1", [Reader("v2.0.0", "serving", "from b1")]).Allowed.ShouldBeFalse();

    private static ReadingVersion Reader(string version, string why, string source) =>
        new(version, why, SchemaWords.Of([source]));

    private static MigrationDecision Decide(
        string sql,
        ImmutableArray<ReadingVersion>? readers,
        string? reason = null
    ) =>
        MigrationPolicy.Decide(
            new MigrationClassifier().Classify([MigrationFile.ParseDbmate("1.sql", $"-- migrate:up\n{sql}")]),
            readers,
            reason
        );
}
