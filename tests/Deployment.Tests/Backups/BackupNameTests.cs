using System.Collections.Immutable;
using Slipway.Backups;
using Slipway.Outcomes;

namespace Slipway.Deployment.Tests;

public class BackupNameTests
{
    private static readonly BackupName Name = BackupName.Of("production", "deploy-20260102-030405-abc123");

    [Test]
    public void Says_where_object_and_metadata_stand()
    {
        Name.Object.ShouldBe("production/backup-deploy-20260102-030405-abc123.sql.gz");
        Name.Metadata.ShouldBe("production/backup-deploy-20260102-030405-abc123.json");
        Name.RestrictKey.ShouldBe("deploy20260102030405abc123");
    }

    [Test]
    public void Is_read_back_from_the_object() => BackupName.OfObject(Name.Object).ShouldBe(Name);

    [Test]
    public void Says_by_its_end_which_format_the_object_has()
    {
        var files = Name.In(BackupFormat.Directory);

        files.Object.ShouldBe("production/backup-deploy-20260102-030405-abc123.dir.tar");
        files.Metadata.ShouldBe(Name.Metadata);
        BackupName.OfObject(files.Object).ShouldBe(files);
        BackupName.IsOf(files.Object, BackupFormat.Directory).ShouldBeTrue();
        BackupName.IsOf(Name.Object, BackupFormat.Directory).ShouldBeFalse();
        Name.InEveryFormat.ShouldBe([Name, files]);
    }

    [TestCase("production/other.sql.gz")]
    [TestCase("production/backup-.dir.tar")]
    [TestCase("production/backup-a.tar")]
    [TestCase("production/backup-.sql.gz")]
    [TestCase("production/backup-../x.sql.gz")]
    [TestCase("backup-a.sql.gz")]
    [TestCase("a/b/backup-a.sql.gz")]
    public void Another_object_is_no_backup(string name) => BackupName.OfObject(name).ShouldBeNull();

    [TestCase("../x", "deploy-1")]
    [TestCase("production", "$(id)")]
    [TestCase("production", "a/b")]
    [TestCase("", "deploy-1")]
    [TestCase("production", "-rf")]
    [TestCase("prod\nuction", "deploy-1")]
    public void A_name_that_leads_elsewhere_is_refused(string environment, string id) =>
        Should.Throw<PipelineException>(() => BackupName.Of(environment, id)).ExitCode.ShouldBe(ExitCode.Usage);

    [Test]
    public void The_differences_of_tables_are_named_and_counted()
    {
        ImmutableArray<TableFingerprint> source = [new("a", 1, "x"), new("b", 1, "x"), new("c", 1, "x")];

        FingerprintComparison
            .Difference(source, [new("a", 2, "x"), new("b", 1, "y"), new("d", 0, "0")])
            .ShouldBe(
                "a has 2 rows, the source had 1; b has other content than the source in its 1 rows; c is missing; d was not in the source"
            );
        FingerprintComparison.Difference(source, source).ShouldBeNull();
    }

    [Test]
    public void The_manual_commands_quote_what_a_shell_would_read()
    {
        var like = new DatabaseDescription("15", 150000, "app", "o", "UTF8", "C", "C", null, 0, [], []);

        Commands("s3://b/production/backup-x.sql.gz", BackupFormat.Sql)[1]
            .ShouldBe(
                "aws s3 cp s3://b/production/backup-x.sql.gz - | gunzip | psql -X -v ON_ERROR_STOP=1 -h 'db'\\''$(id)' -p 5432 -U me -d app_restored"
            );
        Commands("s3://b/production/backup-x.dir.tar", BackupFormat.Directory)[1..]
            .ShouldBe([
                "mkdir -m 700 app_restored.dump && aws s3 cp s3://b/production/backup-x.dir.tar - | tar -x -C app_restored.dump",
                "pg_restore -e -j 2 -h 'db'\\''$(id)' -p 5432 -U me -d app_restored app_restored.dump && rm -r app_restored.dump",
            ]);

        string[] Commands(string location, BackupFormat format) =>
            [.. ManualRestore.Commands(new Uri(location), format, "db'$(id)", 5432, "me", "app_restored", like)];
    }
}
