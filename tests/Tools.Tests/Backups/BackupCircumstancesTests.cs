using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class BackupCircumstancesTests
{
    [Test]
    public async Task An_empty_database_is_backed_up_and_proven()
    {
        using var backup = await ABackup.OfAsync("");

        var result = await backup.RunAsync();

        result.Tables.ShouldBeEmpty();
        result.Proof!.Passed.ShouldBeTrue();
        result.SqlBytes.ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task Fifteen_hundred_tables_are_proven()
    {
        using var backup = await ABackup.OfAsync(
            "do $$ begin for i in 1..1500 loop execute format('create table t%s (id int primary key, v text); insert into t%s values (%s)', i, i, i); end loop; end $$"
        );

        (await backup.RunAsync()).Proof!.TablesCompared.ShouldBe(1500);
    }

    [Test]
    public async Task The_proof_may_be_made_on_another_server_that_lacks_the_roles()
    {
        await using var other = await PrivateCluster.StartAsync(
            SharedCluster.Runner,
            SharedCluster.Programs,
            [],
            default
        );
        using var backup = await ABackup.OfAsync(
            "create role \"own\"\"er\"; create table t (id int); alter table t owner to \"own\"\"er\"; insert into t values (1)"
        );

        var result = await backup.RunAsync(backup.Request() with { ProofServer = other.Url });

        result.Proof!.Passed.ShouldBeTrue();
        (
            await SharedCluster.AskAsync<long>(
                new Postgres(other.Url),
                "select count(*) from pg_database where datname like 'slipway%'"
            )
        ).ShouldBe(0);
    }

    [Test]
    public async Task A_user_that_may_not_create_databases_is_told_what_is_needed()
    {
        using var backup = await ABackup.OfAsync(
            "drop role if exists weak; create role weak login password 'weak'; create table t (id int); grant select on t to weak"
        );
        var weak = backup.Database.Url with { User = "weak", Password = new("weak") };

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            backup.RunAsync(backup.Request() with { Database = weak })
        );

        failure.Explain().ShouldContain("create and drop a scratch database");
        backup.Files().ShouldBeEmpty();
    }

    [Test]
    public async Task A_server_that_is_not_there_is_named_without_the_password()
    {
        using var backup = await ABackup.OfAsync("");
        var gone = backup.Database.Url with { Port = 1, Password = new("s3cr3t-word") };

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            backup.RunAsync(backup.Request() with { Database = gone })
        );

        failure.Message.ShouldContain("127.0.0.1:1/");
        failure.ToString().ShouldNotContain("s3cr3t-word");
    }

    [Test]
    public async Task Two_deployments_are_listed_and_the_older_expires_when_its_time_is_over()
    {
        using var backup = await ABackup.OfAsync("create table t (id int)");
        await backup.RunAsync(backup.Request("deploy-1") with { Retention = TimeSpan.FromDays(-1) });
        await backup.RunAsync(backup.Request("deploy-2") with { Retention = TimeSpan.FromDays(-1) });
        await File.WriteAllTextAsync(Path.Combine(backup.Folder, "sandbox", "backup-deploy-3.sql.gz"), "unproven");
        var catalog = new BackupCatalog(backup.Store, TimeProvider.System);

        (await catalog.ListAsync("sandbox", default))
            .Select(m => m.Backup.DeploymentId)
            .ShouldBe(["deploy-2", "deploy-1"]);

        (await catalog.ExpireAsync("sandbox", default)).ShouldBe(["sandbox/backup-deploy-1.sql.gz"]);
        (await catalog.ListAsync("sandbox", default)).Length.ShouldBe(1);
    }

    [Test]
    public async Task A_private_cluster_leaves_nothing()
    {
        PostgresUrl url;
        await using (
            var cluster = await PrivateCluster.StartAsync(SharedCluster.Runner, SharedCluster.Programs, [], default)
        )
        {
            url = cluster.Url;
            (await new Postgres(url).PingAsync(TimeProvider.System, default)).ShouldBeGreaterThan(TimeSpan.Zero);
            await Should.ThrowAsync<PipelineException>(() =>
                new Postgres(url with { Password = new("wrong") }).OpenAsync(default)
            );
        }

        await Should.ThrowAsync<PipelineException>(() => new Postgres(url).OpenAsync(default));
    }
}
