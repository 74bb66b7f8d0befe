using System.Formats.Tar;
using Slipway.Outcomes;

namespace Slipway.Tools.Tests;

public class BundleArchiveTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private ScratchFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new ScratchFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task KeepsContentModesLinksLongNamesAndEmptyFolders()
    {
        var longName = string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", 12)) + "/ü $(id) 'x'";
        _folder.File($"in/{longName}", "deep");
        _folder.File("in/bin/run", "#!/bin/sh\n");
        System.IO.File.CreateSymbolicLink(_folder.File("in/bin/alias"), "../bin/run");
        Directory.CreateDirectory(_folder.File("in/empty"));
        await _run.RunAsync(Command.Of("chmod", "755", _folder.File("in/bin/run")));

        var digest = await BundleArchive.PackAsync(_folder.File("in"), _folder.File("x.tar"), None);
        await BundleArchive.UnpackAsync(_folder.File("x.tar"), digest, _folder.File("out"), None);

        System.IO.File.ReadAllText(_folder.File($"out/{longName}")).ShouldBe("deep");
        new FileInfo(_folder.File("out/bin/alias")).LinkTarget.ShouldBe("../bin/run");
        Directory.Exists(_folder.File("out/empty")).ShouldBeTrue();
        (await _run.RunAsync(Command.Of(_folder.File("out/bin/run")))).ExitCode.ShouldBe(0);
        Directory.GetDirectories(_folder.Path, "out.unpacking-*").ShouldBeEmpty("no temporary folder is left");
    }

    [Test]
    public async Task ADamagedBundleIsNotUnpacked()
    {
        _folder.File("in/a", "a");
        var digest = await BundleArchive.PackAsync(_folder.File("in"), _folder.File("x.tar"), None);
        var bytes = System.IO.File.ReadAllBytes(_folder.File("x.tar"));
        bytes[600] ^= 1;
        System.IO.File.WriteAllBytes(_folder.File("x.tar"), bytes);

        var failure = await Should.ThrowAsync<PipelineException>(() =>
            BundleArchive.UnpackAsync(_folder.File("x.tar"), digest, _folder.File("out"), None)
        );

        failure.Expected.ShouldBe(digest);
        Directory.Exists(_folder.File("out")).ShouldBeFalse();
    }

    [Test]
    public async Task AnotherBundleReplacesTheOneThatIsThere()
    {
        foreach (var content in new[] { "one", "two", "two" })
        {
            _folder.File("in/a", content);
            var digest = await BundleArchive.PackAsync(_folder.File("in"), _folder.File("x.tar"), None);
            await BundleArchive.UnpackAsync(_folder.File("x.tar"), digest, _folder.File("out"), None);
            System.IO.File.ReadAllText(_folder.File("out/a")).ShouldBe(content);
        }
    }

    [TestCaseSource(nameof(Hostile))]
    public async Task RefusesEntriesThatLeadOut(TarEntry[] entries)
    {
        await using (var stream = System.IO.File.Create(_folder.File("x.tar")))
        await using (var writer = new TarWriter(stream))
            foreach (var entry in entries)
                await writer.WriteEntryAsync(entry);
        var digest = await BundleArchive.DigestAsync(_folder.File("x.tar"), None);

        await Should.ThrowAsync<PipelineException>(() =>
            BundleArchive.UnpackAsync(_folder.File("x.tar"), digest, _folder.File("box/out"), None)
        );

        Directory.GetFileSystemEntries(_folder.File("box")).ShouldBeEmpty();
    }

    public static IEnumerable<TestCaseData> Hostile()
    {
        yield return Case("parent", File("../x"));
        yield return Case("inner parent", File("a/../../x"));
        yield return Case("absolute", File("/tmp/x"));
        yield return Case("absolute link", Link("a", "/etc"));
        yield return Case("link to parent", Link("a/b", "../../x"));
        yield return Case("through a link", Link("a", "b"), File("a/x"));
        yield return Case("through a chain of links", Link("d/l", ".."), Link("x", "d/l/.."));
        yield return Case("hard link", new PaxTarEntry(TarEntryType.HardLink, "a") { LinkName = "/etc/passwd" });
        yield return Case("pipe", new PaxTarEntry(TarEntryType.Fifo, "a"));
    }

    private static TestCaseData Case(string name, params TarEntry[] entries) =>
        new TestCaseData((object)entries).SetArgDisplayNames(name);

    private static PaxTarEntry File(string name) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) };

    private static PaxTarEntry Link(string name, string target) =>
        new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private readonly CommandRunner _run = new(new Redactor(), TimeProvider.System);
}
