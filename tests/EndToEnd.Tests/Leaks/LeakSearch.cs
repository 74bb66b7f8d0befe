using System.IO.Compression;
using System.Text;

namespace Slipway.EndToEnd.Tests.Leaks;

/// <param name="Where">The file, stream or request.</param>
internal sealed record Leak(string Where, string Canary, string Kind)
{
    public override string ToString() => $"{Where}: {Canary} ({Kind})";
}

/// <summary>Searches for secrets in what was written; in compressed files, too.</summary>
internal sealed class LeakSearch(IEnumerable<Canary> canaries)
{
    private const int MostBytes = 256 * 1024 * 1024;

    private readonly (Canary Canary, LeakForm Form, byte[] Bytes)[] _wanted =
    [
        .. from canary in canaries
        from form in LeakForms.Of(canary.Value)
        select (canary, form, Encoding.UTF8.GetBytes(form.Text)),
    ];

    public IEnumerable<Leak> InText(string where, string text) => In(where, Encoding.UTF8.GetBytes(text));

    public IEnumerable<Leak> InFiles(string folder, Func<string, bool>? leftOut = null) =>
        Directory
            .EnumerateFiles(
                folder,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            )
            .Where(file => File.ResolveLinkTarget(file, returnFinalTarget: false) is null && IsRegular(file))
            .Select(file => (File: file, Name: Path.GetRelativePath(folder, file)))
            .Where(file => leftOut?.Invoke(file.Name) != true)
            .SelectMany(file => InName(file.Name).Concat(In(file.Name, File.ReadAllBytes(file.File))));

    public IEnumerable<Leak> In(string where, byte[] content)
    {
        foreach (var (canary, form, bytes) in _wanted)
            if (content.AsSpan().IndexOf(bytes) >= 0)
                yield return new(where, canary.Name, form.Kind);
        if (content is [0x1f, 0x8b, ..])
            foreach (var leak in In(where + " (gunzip)", Unzip(content)))
                yield return leak;
        if (content is [(byte)'P', (byte)'K', 3, 4, ..])
            foreach (var leak in InZip(where, content))
                yield return leak;
    }

    private IEnumerable<Leak> InName(string name) => InText($"the name of {name}", name);

    private List<Leak> InZip(string where, byte[] content)
    {
        using var archive = new ZipArchive(new MemoryStream(content));
        var leaks = new List<Leak>();
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            leaks.AddRange(In($"{where}!{entry.FullName}", ReadAll(stream)));
        }
        return leaks;
    }

    private static byte[] Unzip(byte[] content)
    {
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        return ReadAll(gzip);
    }

    private static byte[] ReadAll(Stream stream)
    {
        var content = new MemoryStream();
        stream.CopyTo(content);
        content.Length.ShouldBeLessThan(MostBytes);
        return content.ToArray();
    }

    /// <summary>Not a socket or a pipe.</summary>
    private static bool IsRegular(string file) =>
        (File.GetAttributes(file) & (FileAttributes.Device | FileAttributes.ReparsePoint)) == FileAttributes.None
        && new FileInfo(file).Length > 0;
}
