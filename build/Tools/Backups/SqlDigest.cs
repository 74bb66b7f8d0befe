using System.Security.Cryptography;
using System.Text;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// What is learnt of a dump while it passes: its bytes, its SHA-256, whether it came to its end. A dump that was cut
/// off is valid gzip and, at a statement boundary, valid SQL: only the trailer tells.
/// </summary>
internal sealed class SqlDigest : IDisposable
{
    private const int HeadBytes = 4096;
    private const int TailBytes = 4096;
    private static readonly byte[] ServerLine = "\n-- Dumped from database version "u8.ToArray();

    private readonly IncrementalHash _whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _content;
    private readonly MemoryStream _head = new(HeadBytes);
    private readonly byte[] _tail = new byte[TailBytes * 2];
    private int _tailLength;

    /// <param name="acrossVersions">Whether the dump is to be compared with one of a server of another version.</param>
    public SqlDigest(bool acrossVersions = false) =>
        _content = acrossVersions ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;

    public long Bytes { get; private set; }

    public void Append(ReadOnlySpan<byte> sql)
    {
        Bytes += sql.Length;
        _whole.AppendData(sql);
        KeepTail(sql);
        if (_content is not null)
            AppendContent(sql);
    }

    /// <summary>SHA-256, lower-case hex.</summary>
    public string Sha256() => Convert.ToHexStringLower(_whole.GetCurrentHash());

    /// <summary>The same without the line that names the server's version.</summary>
    public string ContentSha256()
    {
        FlushHead();
        return Convert.ToHexStringLower(_content!.GetCurrentHash());
    }

    /// <exception cref="PipelineException">The dump has no end.</exception>
    public void DemandTrailer(string? restrictKey)
    {
        var tail = Encoding.UTF8.GetString(_tail, 0, _tailLength).TrimEnd();
        var expected = restrictKey is null
            ? "-- PostgreSQL database dump complete\n\n--"
            : $"\\unrestrict {restrictKey}";
        if (
            !tail.Contains("\n-- PostgreSQL database dump complete\n", StringComparison.Ordinal)
            || (restrictKey is not null && !tail.EndsWith(expected, StringComparison.Ordinal))
        )
        {
            throw new PipelineException(
                $"the dump ended before its end, after {Bytes} bytes of SQL",
                expected: restrictKey is null
                    ? "its last line: -- PostgreSQL database dump complete"
                    : $"its last lines: -- PostgreSQL database dump complete, {expected}",
                next: "look at the server's log for the time of the dump, then repeat"
            );
        }
    }

    public void Dispose()
    {
        _whole.Dispose();
        _content?.Dispose();
        _head.Dispose();
    }

    private void KeepTail(ReadOnlySpan<byte> sql)
    {
        if (sql.Length >= TailBytes)
        {
            sql[^TailBytes..].CopyTo(_tail);
            _tailLength = TailBytes;
            return;
        }
        if (_tailLength + sql.Length > _tail.Length)
        {
            _tail.AsSpan(_tailLength - TailBytes, TailBytes).CopyTo(_tail);
            _tailLength = TailBytes;
        }
        sql.CopyTo(_tail.AsSpan(_tailLength));
        _tailLength += sql.Length;
    }

    private void AppendContent(ReadOnlySpan<byte> sql)
    {
        if (_head.Length < HeadBytes)
        {
            _head.Write(sql);
            if (_head.Length >= HeadBytes)
                FlushHead();
            return;
        }
        _content!.AppendData(sql);
    }

    private void FlushHead()
    {
        var head = _head.GetBuffer().AsSpan(0, (int)_head.Length);
        var line = head.IndexOf(ServerLine);
        if (line >= 0)
        {
            _content!.AppendData(head[..line]);
            head = head[(line + 1)..];
            var end = head.IndexOf((byte)'\n');
            head = end < 0 ? [] : head[end..];
        }
        _content!.AppendData(head);
        _head.SetLength(HeadBytes);
        _head.Position = 0;
    }
}
