using System.Security.Cryptography;
using Slipway.Outcomes;

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
