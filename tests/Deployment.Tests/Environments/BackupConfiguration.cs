using Slipway.Backups;
using Slipway.Environments;

namespace Slipway.Deployment.Tests.Environments;

/// <summary>What can be said of a backup store, and what of it contradicts itself.</summary>
public class BackupConfiguration
{
    [Test]
    public void Is_read_as_it_is_written()
    {
        var backup = Read(
            """
            "store": "s3://backups/dev", "format": "directory", "kmsKeyId": "alias/backups", "objectLock": true,
            "checksums": false, "endpoint": "https://s3.example.org"
            """
        );

        backup.Format.ShouldBe(BackupFormat.Directory);
        backup.KmsKeyId.ShouldBe("alias/backups");
        (backup.ObjectLock, backup.Checksums, backup.Encrypt).ShouldBe((true, false, true));
        (backup.AccessKeySecret, backup.SecretKeySecret).ShouldBe((null, null));
    }

    [Test]
    public void Is_one_stream_encrypted_with_checksums_where_nothing_is_said()
    {
        var backup = Read("\"store\": \"s3://backups/dev\"");

        backup.Format.ShouldBe(BackupFormat.Sql);
        (backup.ObjectLock, backup.Checksums, backup.Encrypt).ShouldBe((false, true, true));
    }

    [TestCase("\"format\": \"custom\"", "backup.format: is \"custom\", expected one of directory, sql")]
    [TestCase("\"kmsKeyId\": \"a b\"", "backup.kmsKeyId: is \"a b\", expected a key's id, alias or ARN")]
    [TestCase(
        "\"encrypt\": false, \"kmsKeyId\": \"k\"",
        "backup.kmsKeyId: names a key, and encrypt is false, expected one of them"
    )]
    [TestCase(
        "\"accessKeySecret\": \"BACKUP_ID\"",
        "backup.secretKeySecret: is missing, expected the names of both secrets, or of none for AWS's own chain",
        "backup.accessKeySecret: BACKUP_ID is not declared, expected a name that stands in secretNames"
    )]
    public void Is_refused_where_it_is_wrong(string members, params string[] errors) =>
        Errors($"\"store\": \"s3://backups/dev\", {members}").ShouldBe(errors, ignoreOrder: true);

    [TestCase("\"objectLock\": true")]
    [TestCase("\"encrypt\": false")]
    [TestCase("\"checksums\": false")]
    [TestCase("\"kmsKeyId\": \"k\"")]
    public void Of_a_folder_takes_no_settings_of_a_bucket(string members) =>
        Errors($"\"store\": \"file:backups\", {members}")
            .ShouldBe(["backup.store: is a folder, and there are settings for a bucket, expected an s3:// store"]);

    private static BackupSettings Read(string members) => Configuration.Read(Tree(members)).Environments["dev"].Backup!;

    private static string[] Errors(string members) =>
        [
            .. SampleTree
                .ErrorsOf(Tree(members))
                .Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]),
        ];

    private static ConfigurationTree Tree(string members) => SampleTree.WithDev($"\"backup\": {{ {members} }}");
}
