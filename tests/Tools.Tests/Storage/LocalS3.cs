using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Slipway.Tools.Tests;

/// <summary>
/// As much of S3's protocol as a backup store meets, held against two clients (the SDK and the aws program): objects,
/// parts, conditions, tags, pages, chunked bodies with trailing checksums, and faults on demand.
/// </summary>
internal sealed class LocalS3 : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly ConcurrentDictionary<string, Stored> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Upload> _uploads = new(StringComparer.Ordinal);
    private int _ids;

    public LocalS3()
    {
        for (var attempt = 0; ; attempt++)
        {
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
            }
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Endpoint.AbsoluteUri);
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 3)
            {
                // Taken in between: the next one.
            }
        }
        _serving = Task.Run(ServeAsync);
    }

    public Uri Endpoint { get; }

    /// <summary>A status to answer instead, e.g. 500; null to go on.</summary>
    public Func<HttpListenerRequest, int?> Fault { get; set; } = _ => null;

    /// <summary>Says yes to a whole upload and keeps all of it but the second part.</summary>
    public bool LosesPart { get; set; }

    /// <summary>How long it takes before it answers.</summary>
    public Func<HttpListenerRequest, TimeSpan> Pause { get; set; } = _ => TimeSpan.Zero;

    /// <summary>Ids of the access keys that requests were signed with.</summary>
    public ConcurrentDictionary<string, int> Signers { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => _objects.Keys.Order(StringComparer.Ordinal);

    public int OpenUploads => _uploads.Count;

    public ConcurrentQueue<string> Requests { get; } = new();

    public Stored this[string key] => _objects[key];

    public S3Options Options(string prefix = "") =>
        new("backups", prefix)
        {
            Endpoint = Endpoint,
            AccessKeyId = "AKIDLOCAL",
            SecretAccessKey = new("local-secret"),
            PartBytes = 5 << 20,
        };

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        // Closed in the moment in which the next request is asked for, a listener may never say that it ended.
        if (await Task.WhenAny(_serving, Task.Delay(TimeSpan.FromSeconds(5))) == _serving)
            await _serving;
    }

    internal sealed record Stored(byte[] Content, IReadOnlyDictionary<string, string> Headers, string ETag);

    private sealed record Upload(string Key, IReadOnlyDictionary<string, string> Headers)
    {
        public ConcurrentDictionary<int, byte[]> Parts { get; } = new();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        try
        {
            using var body = new MemoryStream();
            await request.InputStream.CopyToAsync(body);
            Requests.Enqueue($"{request.HttpMethod} {request.RawUrl}");
            Signers.AddOrUpdate(SignerOf(request), 1, (_, count) => count + 1);
            await Task.Delay(Pause(request));
            if (Fault(request) is { } status)
                Error(response, status, "InternalError");
            else
                Answer(request, response, Unchunk(request, body.ToArray()));
        }
        catch (InvalidDataException bad)
        {
            Error(response, 400, bad.Message);
        }
        finally
        {
            try
            {
                response.Close();
            }
            catch (Exception gone)
                when (gone is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The client left.
            }
        }
    }

    private void Answer(HttpListenerRequest request, HttpListenerResponse response, byte[] body)
    {
        var path = Uri.UnescapeDataString(request.Url!.AbsolutePath.TrimStart('/'));
        var slash = path.IndexOf('/');
        var key = slash < 0 ? "" : path[(slash + 1)..];
        var query = request.QueryString;
        var uploadId = query["uploadId"];
        switch (request.HttpMethod)
        {
            case "GET" when key.Length == 0:
                List(response, query["prefix"] ?? "", query["continuation-token"]);
                break;
            case "POST" when request.Url.Query.StartsWith("?uploads", StringComparison.Ordinal):
                var id = $"upload-{Interlocked.Increment(ref _ids)}";
                _uploads[id] = new Upload(key, Headers(request));
                Xml(response, new XElement("InitiateMultipartUploadResult", new XElement("UploadId", id)));
                break;
            case "PUT" when uploadId is not null:
                if (!_uploads.TryGetValue(uploadId, out var upload))
                    Error(response, 404, "NoSuchUpload");
                else
                {
                    upload.Parts[int.Parse(query["partNumber"]!, CultureInfo.InvariantCulture)] = body;
                    response.Headers["ETag"] = ETag(body);
                }
                break;
            case "POST" when uploadId is not null:
                Complete(request, response, key, uploadId, body);
                break;
            case "DELETE" when uploadId is not null:
                _uploads.TryRemove(uploadId, out _);
                response.StatusCode = 204;
                break;
            case "PUT":
                Put(request, response, key, new Stored(body, Headers(request), ETag(body)));
                break;
            case "GET" or "HEAD":
                if (!_objects.TryGetValue(key, out var stored))
                {
                    Error(response, 404, "NoSuchKey");
                    break;
                }
                response.Headers["ETag"] = stored.ETag;
                response.Headers["Last-Modified"] = "Fri, 02 Jan 2026 03:04:05 GMT";
                response.ContentLength64 = stored.Content.Length;
                if (request.HttpMethod == "GET")
                    response.OutputStream.Write(stored.Content);
                break;
            case "DELETE":
                _objects.TryRemove(key, out _);
                response.StatusCode = 204;
                break;
            default:
                Error(response, 405, "MethodNotAllowed");
                break;
        }
    }

    private void Put(HttpListenerRequest request, HttpListenerResponse response, string key, Stored stored)
    {
        if (request.Headers["If-None-Match"] == "*" ? !_objects.TryAdd(key, stored) : Replace())
            Error(response, 412, "PreconditionFailed");
        else
            response.Headers["ETag"] = stored.ETag;

        bool Replace()
        {
            _objects[key] = stored;
            return false;
        }
    }

    private void Complete(
        HttpListenerRequest request,
        HttpListenerResponse response,
        string key,
        string uploadId,
        byte[] body
    )
    {
        if (!_uploads.TryGetValue(uploadId, out var upload))
        {
            Error(response, 404, "NoSuchUpload");
            return;
        }
        var whole = new MemoryStream();
        foreach (
            var part in XDocument
                .Parse(Encoding.UTF8.GetString(body))
                .Descendants()
                .Where(e => e.Name.LocalName == "Part")
        )
        {
            var number = int.Parse(
                part.Elements().First(e => e.Name.LocalName == "PartNumber").Value,
                CultureInfo.InvariantCulture
            );
            var etag = part.Elements().First(e => e.Name.LocalName == "ETag").Value.Trim('"');
            if (!upload.Parts.TryGetValue(number, out var content) || ETag(content).Trim('"') != etag)
            {
                Error(response, 400, "InvalidPart");
                return;
            }
            if (!LosesPart || number != 2)
                whole.Write(content);
        }
        Put(
            request,
            response,
            key,
            new Stored(whole.ToArray(), upload.Headers, $"\"{uploadId}-{upload.Parts.Count}\"")
        );
        if (response.StatusCode == 200)
        {
            _uploads.TryRemove(uploadId, out _);
            Xml(
                response,
                new XElement("CompleteMultipartUploadResult", new XElement("Key", key), new XElement("ETag", "x"))
            );
        }
    }

    private static string SignerOf(HttpListenerRequest request) =>
        request.Headers["Authorization"]?.Split("Credential=") is [_, var rest] ? rest.Split('/')[0] : "nobody";

    // Two keys a page, so that paging is met.
    private void List(HttpListenerResponse response, string prefix, string? after)
    {
        var keys = Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Where(key => after is null || string.CompareOrdinal(key, after) > 0)
            .ToList();
        var page = keys.Take(2).ToList();
        Xml(
            response,
            new XElement(
                "ListBucketResult",
                new XElement("IsTruncated", keys.Count > 2 ? "true" : "false"),
                keys.Count > 2 ? new XElement("NextContinuationToken", page[^1]) : null,
                page.Select(key => new XElement(
                    "Contents",
                    new XElement("Key", key),
                    new XElement("Size", _objects[key].Content.Length),
                    new XElement("LastModified", "2026-01-02T03:04:05.000Z")
                ))
            )
        );
    }

    // aws-chunked: size in hex, extensions, content; the trailers after the last chunk hold the checksum.
    private static byte[] Unchunk(HttpListenerRequest request, byte[] body)
    {
        var content = body;
        var trailers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (request.Headers["Content-Encoding"]?.Contains("aws-chunked", StringComparison.Ordinal) == true)
        {
            var whole = new MemoryStream();
            var at = 0;
            while (true)
            {
                var size = int.Parse(
                    Line(body, ref at).Split(';')[0],
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture
                );
                if (size == 0)
                    break;
                whole.Write(body, at, size);
                at += size + 2;
            }
            while (at < body.Length && Line(body, ref at) is { Length: > 0 } trailer)
                trailers[trailer[..trailer.IndexOf(':')]] = trailer[(trailer.IndexOf(':') + 1)..];
            content = whole.ToArray();
        }
        var crc = request.Headers["x-amz-checksum-crc32"] ?? trailers.GetValueOrDefault("x-amz-checksum-crc32");
        if (crc is not null && crc.Trim() != Crc32(content))
            throw new InvalidDataException("BadDigest");
        return content;
    }

    private static string Line(byte[] body, ref int at)
    {
        var end = body.AsSpan(at).IndexOf("\r\n"u8);
        var line = Encoding.ASCII.GetString(body, at, end < 0 ? body.Length - at : end);
        at += end < 0 ? body.Length - at : end + 2;
        return line;
    }

    private static string Crc32(byte[] content)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in content)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }
        crc = ~crc;
        return Convert.ToBase64String([(byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc]);
    }

    private static Dictionary<string, string> Headers(HttpListenerRequest request) =>
        request.Headers.AllKeys.ToDictionary(name => name!.ToLowerInvariant(), name => request.Headers[name]!);

#pragma warning disable CA5351 // S3 defines the ETag of a part as its MD5
    private static string ETag(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";
#pragma warning restore CA5351

    private static void Xml(HttpListenerResponse response, XElement content)
    {
        response.ContentType = "application/xml";
        var bytes = Encoding.UTF8.GetBytes(content.ToString());
        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
    }

    private static void Error(HttpListenerResponse response, int status, string code)
    {
        response.StatusCode = status;
        Xml(response, new XElement("Error", new XElement("Code", code), new XElement("Message", $"fault {code}")));
    }
}
