using System.Security.Cryptography;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

/// <summary>What every store promises, asked of each.</summary>
[TestFixture("folder")]
[TestFixture("s3")]
[TestFixture("s3 without checksums")]
public class BackupStoreTests(string kind)
{
    private string _folder = "";
    private LocalS3? _server;
    private IBackupStore _store = null!;

    [SetUp]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("slipway-store-").FullName;
        if (kind == "folder")
        {
            _store = BackupStores.Open($"file:{_folder}", "/");
            return;
        }
        _server = new LocalS3();
        _store = BackupStores.Open(
            "s3://backups/some/prefix",
            "/",
            options => _server.Options(options.Prefix) with { Checksums = kind == "s3" }
        );
    }

    [TearDown]
    public async Task Close()
    {
        (_store as IDisposable)?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(5 << 20)]
    [TestCase((12 << 20) + 7)]
    public async Task What_was_committed_is_read_back(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);

        await PutAsync("production/backup-a.sql.gz", content);

        (await GetAsync("production/backup-a.sql.gz")).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await _store.FindAsync("production/backup-a.sql.gz", default))!.Bytes.ShouldBe(size);
    }

    [Test]
    public async Task Nothing_is_seen_before_the_commit_and_nothing_is_left_without_it()
    {
        await using (var upload = await _store.CreateAsync("a/backup-a.sql.gz", new UploadOptions(), default))
        {
            await upload.Content.WriteAsync(new byte[6 << 20]);
            (await _store.FindAsync("a/backup-a.sql.gz", default)).ShouldBeNull();
            (await _store.ListAsync("", default)).ShouldBeEmpty();
        }

        (await _store.ListAsync("", default)).ShouldBeEmpty();
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
        (_server?.OpenUploads ?? 0).ShouldBe(0);
    }

    [TestCase(1)]
    [TestCase(6 << 20)]
    public async Task A_name_is_written_once(int size)
    {
        await PutAsync("a/backup-a.sql.gz", [1]);

        await Should.ThrowAsync<PipelineException>(() => PutAsync("a/backup-a.sql.gz", new byte[size]));

        (await GetAsync("a/backup-a.sql.gz")).ShouldBe([1]);
        (_server?.OpenUploads ?? 0).ShouldBe(0);
    }

    [Test]
    public async Task Objects_are_listed_by_prefix_in_order_and_deleted()
    {
        foreach (var name in new[] { "b/3", "a/2", "a/1", "a/4", "a/5" })
            await PutAsync(name, [1, 2]);

        (await _store.ListAsync("a/", default))
            .Select(o => (o.Name, o.Bytes))
            .ShouldBe([("a/1", 2), ("a/2", 2), ("a/4", 2), ("a/5", 2)]);
        await _store.DeleteAsync("a/2", default);
        await _store.DeleteAsync("a/2", default);

        (await _store.ListAsync("a/", default)).Length.ShouldBe(3);
    }

    [Test]
    public async Task An_object_that_is_not_there_is_named() =>
        (
            await Should.ThrowAsync<PipelineException>(() => _store.OpenReadAsync("a/none", default))
        ).Message.ShouldContain("a/none");

    private async Task PutAsync(string name, byte[] content)
    {
        await using var upload = await _store.CreateAsync(name, new UploadOptions(), default);
        await upload.Content.WriteAsync(content);
        await upload.CommitAsync(default);
    }

    private async Task<byte[]> GetAsync(string name)
    {
        await using var stream = await _store.OpenReadAsync(name, default);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }
}

public class FolderStoreTests
{
    [TestCase("../x")]
    [TestCase("/etc/passwd")]
    [TestCase("a/../../x")]
    [TestCase("")]
    [TestCase("a\0b")]
    public void A_name_that_leads_out_of_the_store_is_refused(string name) =>
        Should.Throw<PipelineException>(() => new FolderStore("/tmp/store").Locate(name));

    [TestCase("")]
    [TestCase("file:")]
    [TestCase("s3://")]
    [TestCase("https://example.org")]
    public void Another_store_is_refused(string store) =>
        Should.Throw<PipelineException>(() => BackupStores.Open(store, "/")).ExitCode.ShouldBe(ExitCode.Usage);
}

public class S3StoreTests
{
    [Test]
    public async Task A_backup_goes_to_a_bucket_and_comes_back_proven_with_tags_and_encryption()
    {
        await using var server = new LocalS3();
        using var store = new S3Store(server.Options());
        using var backup = await ABackup.OfAsync(
            "create table t as select i, md5(i::text) from generate_series(1, 1000) i"
        );
        backup.Store = store;

        var result = await backup.RunAsync();

        result.Location.ShouldBe($"s3://backups/sandbox/backup-{ABackup.Id}.sql.gz");
        server.Keys.ShouldBe([$"sandbox/backup-{ABackup.Id}.json", $"sandbox/backup-{ABackup.Id}.sql.gz"]);
        var headers = server[$"sandbox/backup-{ABackup.Id}.sql.gz"].Headers;
        headers["x-amz-tagging"].ShouldContain($"slipway-deployment={ABackup.Id}");
        headers["x-amz-server-side-encryption"].ShouldBe("AES256");
        headers["x-amz-meta-retain-until"].ShouldBe(result.RetainUntil!.Value.ToString("yyyy-MM-ddTHH:mm:ssZ"));
    }

    [TestCase("PUT")]
    [TestCase("POST")]
    [TestCase("GET")]
    public async Task A_bucket_that_answers_500_leaves_no_backup(string method)
    {
        await using var server = new LocalS3();
        using var store = new S3Store(server.Options() with { PartBytes = 5 << 20 });
        using var backup = await ABackup.OfAsync(
            "create table t as select md5(random()::text) || md5(random()::text) from generate_series(1, 250000)"
        );
        backup.Store = store;
        server.Fault = request =>
            request.HttpMethod == method && request.Url!.AbsolutePath.EndsWith(".gz", StringComparison.Ordinal)
                ? 500
                : null;

        var failure = await Should.ThrowAsync<PipelineException>(() => backup.RunAsync());

        failure.Message.ShouldContain("500");
        server.Keys.ShouldBeEmpty();
        server.OpenUploads.ShouldBe(0);
    }

    [TestCase(null, "AES256", null)]
    [TestCase("alias/backups", "aws:kms", "alias/backups")]
    public async Task The_key_that_encrypts_is_the_buckets_or_the_one_that_is_named(
        string? key,
        string encryption,
        string? id
    )
    {
        await using var server = new LocalS3();
        var headers = (await PutAsync(server, settings => settings with { KmsKeyId = key })).Headers;

        headers["x-amz-server-side-encryption"].ShouldBe(encryption);
        headers.GetValueOrDefault("x-amz-server-side-encryption-aws-kms-key-id").ShouldBe(id);
        headers.ContainsKey("x-amz-object-lock-mode").ShouldBeFalse();
    }

    [Test]
    public async Task A_server_that_does_not_encrypt_is_not_asked_to()
    {
        await using var server = new LocalS3();
        var headers = (await PutAsync(server, settings => settings with { Encrypt = false })).Headers;

        headers.ContainsKey("x-amz-server-side-encryption").ShouldBeFalse();
    }

    [Test]
    public async Task Objects_are_locked_until_their_retention_ends_where_that_is_said()
    {
        await using var server = new LocalS3();
        var headers = (await PutAsync(server, settings => settings with { ObjectLock = true })).Headers;

        headers["x-amz-object-lock-mode"].ShouldBe("GOVERNANCE");
        headers["x-amz-object-lock-retain-until-date"].ShouldStartWith("2027-01-02T03:04:05");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Checksums_are_sent_in_trailers_only_where_the_server_knows_them(bool checksums)
    {
        await using var server = new LocalS3();
        var stored = await PutAsync(server, settings => settings with { Checksums = checksums });

        stored.Headers.ContainsKey("x-amz-trailer").ShouldBe(checksums);
        stored.Content.ShouldBe([1, 2, 3]);
    }

    [Test]
    public async Task The_keys_are_the_environments_secrets()
    {
        await using var server = new LocalS3();
        await PutAsync(server, settings => settings);

        server.Signers.Keys.ShouldBe(["AKIDOFTHESECRET"]);
    }

    [Test]
    public async Task A_named_secret_that_is_missing_does_not_become_somebody_elses_keys()
    {
        await using var server = new LocalS3();
        var settings = Settings(server) with { SecretKeySecret = "ANOTHER" };

        var failure = Should.Throw<PipelineException>(() => BackupStores.Open(settings, "/", Secret));

        failure.Message.ShouldContain("ANOTHER");
        failure.Next!.ShouldContain("--target=Secrets --set=ANOTHER");
        server.Requests.ShouldBeEmpty();
    }

    [TestCase("PUT")]
    [TestCase("POST")]
    public async Task A_bucket_that_does_not_answer_is_given_up_and_named(string method)
    {
        await using var server = new LocalS3();
        using var store = new S3Store(server.Options() with { Patience = TimeSpan.FromSeconds(1) });
        server.Pause = request => request.HttpMethod == method ? TimeSpan.FromSeconds(10) : TimeSpan.Zero;

        var failure = await Should.ThrowAsync<PipelineException>(async () =>
        {
            await using var upload = await store.CreateAsync("a/b.gz", new UploadOptions(), default);
            await upload.Content.WriteAsync(new byte[method == "PUT" ? 3 : 6 << 20]);
            await upload.CommitAsync(default);
        });

        failure.Message.ShouldContain("did not answer within 1 s");
        failure.Next!.ShouldContain("aws s3 ls");
    }

    private static Secret? Secret(string name) =>
        name switch
        {
            "BACKUP_KEY_ID" => new("AKIDOFTHESECRET"),
            "BACKUP_KEY" => new("the key itself"),
            _ => null,
        };

    private static BackupSettings Settings(LocalS3 server) =>
        new("s3://backups/p", Endpoint: server.Endpoint)
        {
            AccessKeySecret = "BACKUP_KEY_ID",
            SecretKeySecret = "BACKUP_KEY",
        };

    private static async Task<LocalS3.Stored> PutAsync(LocalS3 server, Func<BackupSettings, BackupSettings> change)
    {
        var store = BackupStores.Open(change(Settings(server)), "/", Secret);
        using (store as IDisposable)
        {
            await using var upload = await store.CreateAsync(
                "a/b.gz",
                new UploadOptions(new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero)),
                default
            );
            await upload.Content.WriteAsync(new byte[] { 1, 2, 3 });
            await upload.CommitAsync(default);
        }
        return server["p/a/b.gz"];
    }

    [Test]
    public async Task The_aws_program_reads_what_the_store_wrote()
    {
        await using var server = new LocalS3();
        using var store = new S3Store(server.Options("p"));
        var content = RandomNumberGenerator.GetBytes(7 << 20);
        await using (var upload = await store.CreateAsync("a/b.gz", new UploadOptions(), default))
        {
            await upload.Content.WriteAsync(content);
            await upload.CommitAsync(default);
        }
        var target = Path.GetTempFileName();

        await SharedCluster.Runner.RunAsync(
            Command
                .Of(
                    "aws",
                    "s3",
                    "cp",
                    store.Locate("a/b.gz").OriginalString,
                    target,
                    "--endpoint-url",
                    server.Endpoint.OriginalString
                )
                .With("AWS_ACCESS_KEY_ID", "AKIDLOCAL")
                .With("AWS_DEFAULT_REGION", "us-east-1")
                .WithSecret("AWS_SECRET_ACCESS_KEY", new("local-secret"))
        );

        (await File.ReadAllBytesAsync(target)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        File.Delete(target);
    }
}
