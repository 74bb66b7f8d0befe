using System.Buffers;
using System.Text;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>What a running command has printed so far: both streams, and the last lines of the two as they came.</summary>
internal sealed class RunningOutput(Command command, Redactor redactor, Action<OutputLine>? onLine)
{
    private const int TailLines = 40;

    private readonly Lock _gate = new();
    private readonly OutputText _output = new(command.OutputLimit);
    private readonly OutputText _error = new(command.OutputLimit);
    private readonly ArrayBufferWriter<byte> _secret = new();
    private readonly Queue<string> _tail = new();
    private bool _secretTruncated;

    /// <summary>Grows with every chunk: says whether somebody still writes.</summary>
    public long Chunks { get; private set; }

    public async Task ReadAsync(Stream stream, bool isError, CancellationToken cancellation)
    {
        var lines = new OutputLines(redactor, (text, ending) => Keep(isError, text, ending));
        var buffer = new byte[16 * 1024];
        while (true)
        {
            int count;
            try
            {
                count = await stream.ReadAsync(buffer, cancellation);
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException)
            {
                count = 0; // a descendant that outlives the program may hold the stream open: what came is kept
            }
            if (count == 0)
                break;
            lock (_gate)
                Chunks++;
            if (command.SecretOutput && !isError)
                KeepSecret(buffer.AsSpan(0, count));
            else
                lines.Feed(buffer.AsSpan(0, count));
        }
        lines.End();
    }

    public CommandResult Result(int exitCode, TimeSpan duration)
    {
        lock (_gate)
            return new CommandResult(command, exitCode, _output.ToString(), _error.ToString(), duration)
            {
                SecretOutput = command.SecretOutput ? new Secret(Encoding.UTF8.GetString(_secret.WrittenSpan)) : null,
                Truncated = _output.Truncated || _error.Truncated || _secretTruncated,
            };
    }

    public string Tail()
    {
        lock (_gate)
            return string.Join('\n', _tail);
    }

    private void Keep(bool isError, string text, string ending)
    {
        lock (_gate)
        {
            (isError ? _error : _output).Append(text + ending);
            _tail.Enqueue(text.Length > 2000 ? string.Concat(text.AsSpan(0, 2000), "…") : text);
            if (_tail.Count > TailLines)
                _tail.Dequeue();
            onLine?.Invoke(new OutputLine(isError, text));
        }
    }

    private void KeepSecret(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var room = command.OutputLimit - _secret.WrittenCount;
            _secretTruncated |= bytes.Length > room;
            _secret.Write(bytes[..Math.Min(bytes.Length, room)]);
        }
    }
}
