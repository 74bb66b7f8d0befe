using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Slipway.Migrations;

namespace Slipway.Tools;

/// <summary>One connection through <see cref="StatementWatch"/>: version 3 of the frontend/backend protocol, message by message.</summary>
internal sealed class WatchedSession(
    Stream client,
    PostgresUrl server,
    TimeProvider time,
    Action<StatementTiming> onStatement
) : IAsyncDisposable
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;
    private const int CancelRequest = 80877102;
    private const int LargestMessage = 1 << 30;

    private readonly Dictionary<string, string> _prepared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _portals = new(StringComparer.Ordinal);
    private readonly RunningStatements _running = new(time, onStatement);
    private readonly Lock _gate = new();
    private Stream? _upstream;
    private char _state = 'I';
    private Parted? _parted;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var startup = await ReadStartupAsync(cancellation);
        try
        {
            _upstream = await PostgresSocket.ConnectAsync(server, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException)
        {
            await RefuseAsync(failure.Message, cancellation);
            return;
        }
        await _upstream.WriteAsync(startup, cancellation);
        if (BinaryPrimitives.ReadInt32BigEndian(startup.AsSpan(4)) == CancelRequest)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var toServer = EndBothAsync(PumpToServerAsync(either.Token), either);
        var toClient = EndBothAsync(PumpToClientAsync(either.Token), either);
        await Task.WhenAll(toServer, toClient);
    }

    public async ValueTask DisposeAsync()
    {
        if (_upstream is not null)
            await _upstream.DisposeAsync();
    }

    private static async Task EndBothAsync(Task pump, CancellationTokenSource either)
    {
        try
        {
            await pump;
        }
        finally
        {
            await either.CancelAsync();
        }
    }

    private async Task<byte[]> ReadStartupAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var length = new byte[4];
            await client.ReadExactlyAsync(length, cancellation);
            var size = BinaryPrimitives.ReadInt32BigEndian(length);
            if (size is < 8 or > 10_000)
                throw new IOException("not a PostgreSQL client");
            var packet = new byte[size];
            length.CopyTo(packet, 0);
            await client.ReadExactlyAsync(packet.AsMemory(4), cancellation);
            if (BinaryPrimitives.ReadInt32BigEndian(packet.AsSpan(4)) is not (SslRequest or GssRequest))
                return packet;
            await client.WriteAsync("N"u8.ToArray(), cancellation);
        }
    }

    private async Task RefuseAsync(string why, CancellationToken cancellation)
    {
        var body = Encoding.UTF8.GetBytes($"SFATAL\0C08006\0M{server} is not reached: {why}\0\0");
        await WriteMessageAsync(client, new Message('E', body), cancellation);
    }

    private async Task PumpToServerAsync(CancellationToken cancellation)
    {
        while (await ReadMessageAsync(client, cancellation) is { } message)
        {
            if (message.Type == 'Q')
            {
                var sql = ZeroEnded(message.Body, 0);
                var parts = SqlScript.Parts(sql);
                if (parts.Length > 1 && _state == 'T')
                {
                    await SendPartedAsync(sql, parts, cancellation);
                    continue;
                }
                _running.Start(parts);
            }
            Note(message);
            await WriteMessageAsync(_upstream!, message, cancellation);
        }
    }

    // Each statement waits for the answer to the one before; after an error the rest is not sent, as the server would do.
    private async Task SendPartedAsync(string sql, IReadOnlyList<SqlPart> parts, CancellationToken cancellation)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            var offset = CodePoints(sql.AsSpan(0, part.Start));
            var parted = new Parted(offset, IsLast: i == parts.Count - 1);
            lock (_gate)
                _parted = parted;
            _running.Start(part.Text);
            var body = new byte[Encoding.UTF8.GetByteCount(part.Text) + 1];
            Encoding.UTF8.GetBytes(part.Text, body);
            await WriteMessageAsync(_upstream!, new Message('Q', body), cancellation);
            if (!await parted.Answered.Task.WaitAsync(cancellation))
                return;
        }
    }

    private async Task PumpToClientAsync(CancellationToken cancellation)
    {
        while (await ReadMessageAsync(_upstream!, cancellation) is { } message)
        {
            Parted? parted;
            lock (_gate)
                parted = _parted;
            switch (message.Type)
            {
                case 'C':
                    _running.Finish(ZeroEnded(message.Body, 0), failed: false);
                    break;
                case 'E':
                    _running.Finish(ErrorText(message.Body), failed: true);
                    if (parted is not null)
                    {
                        parted.Failed = true;
                        message = message with { Body = Shifted(message.Body, parted.Offset) };
                    }
                    break;
                case 'Z':
                    _state = (char)message.Body[0];
                    _running.Clear();
                    if (parted is not null)
                    {
                        lock (_gate)
                            _parted = null;
                        var last = parted.IsLast || parted.Failed;
                        if (last)
                            await WriteMessageAsync(client, message, cancellation);
                        parted.Answered.SetResult(!last);
                        continue;
                    }
                    break;
            }
            await WriteMessageAsync(client, message, cancellation);
        }
    }

    // The extended protocol names its statements when they are parsed and runs them when a portal is executed.
    private void Note(Message message)
    {
        switch (message.Type)
        {
            case 'P':
                var name = ZeroEnded(message.Body, 0);
                _prepared[name] = ZeroEnded(message.Body, Encoding.UTF8.GetByteCount(name) + 1);
                break;
            case 'B':
                var portal = ZeroEnded(message.Body, 0);
                var statement = ZeroEnded(message.Body, Encoding.UTF8.GetByteCount(portal) + 1);
                _portals[portal] = _prepared.GetValueOrDefault(statement, "");
                break;
            case 'E':
                _running.Start(_portals.GetValueOrDefault(ZeroEnded(message.Body, 0), ""));
                break;
        }
    }

    private static async Task<Message?> ReadMessageAsync(Stream from, CancellationToken cancellation)
    {
        var head = new byte[5];
        if (await from.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, cancellation) < 5)
            return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4;
        if (length is < 0 or > LargestMessage)
            throw new IOException("a message has an impossible length");
        var body = new byte[length];
        await from.ReadExactlyAsync(body, cancellation);
        return new Message((char)head[0], body);
    }

    private static async Task WriteMessageAsync(Stream to, Message message, CancellationToken cancellation)
    {
        var packet = new byte[5 + message.Body.Length];
        packet[0] = (byte)message.Type;
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(1), message.Body.Length + 4);
        message.Body.CopyTo(packet, 5);
        await to.WriteAsync(packet, cancellation);
        await to.FlushAsync(cancellation);
    }

    private static string ZeroEnded(byte[] body, int from)
    {
        var end = Array.IndexOf(body, (byte)0, from);
        return Encoding.UTF8.GetString(body, from, (end < 0 ? body.Length : end) - from);
    }

    // Fields of an error: a letter, a text, a zero byte.
    private static string ErrorText(byte[] body)
    {
        var fields = Fields(body).ToLookup(field => field.Letter, field => field.Text);
        return $"{fields['M'].FirstOrDefault()} ({fields['C'].FirstOrDefault()})";
    }

    // The position of an error is counted from the start of what was sent: made good, so that the tool names the right line.
    private static byte[] Shifted(byte[] body, int offset)
    {
        var shifted = new MemoryStream();
        foreach (var (letter, text) in Fields(body))
        {
            var value = letter == 'P' && int.TryParse(text, out var position) ? $"{position + offset}" : text;
            shifted.WriteByte((byte)letter);
            shifted.Write(Encoding.UTF8.GetBytes(value));
            shifted.WriteByte(0);
        }
        shifted.WriteByte(0);
        return shifted.ToArray();
    }

    private static IEnumerable<(char Letter, string Text)> Fields(byte[] body)
    {
        for (var at = 0; at < body.Length && body[at] != 0; )
        {
            var text = ZeroEnded(body, at + 1);
            yield return ((char)body[at], text);
            at += 1 + Encoding.UTF8.GetByteCount(text) + 1;
        }
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private sealed record Message(char Type, byte[] Body);

    private sealed record Parted(int Offset, bool IsLast)
    {
        public bool Failed { get; set; }

        /// <summary>True: send the next one.</summary>
        public TaskCompletionSource<bool> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
