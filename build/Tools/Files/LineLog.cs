using System.Text;

namespace Slipway.Tools;

/// <summary>A file of lines that grows; each line is whole on the disk once it is appended.</summary>
public sealed class LineLog : IAsyncDisposable
{
    private readonly FileStream _file;
    private readonly Func<string, string> _redact;

    /// <param name="path">Continued when it is there: a resumed run's lines follow those of the one that died.</param>
    /// <param name="redact">Every line passes here before it is written.</param>
    public LineLog(string path, Func<string, string> redact)
    {
        _redact = redact;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    public async Task AppendAsync(string line, CancellationToken cancellation)
    {
        await _file.WriteAsync(Encoding.UTF8.GetBytes(_redact(line.TrimEnd('\n')) + "\n"), cancellation);
        await _file.FlushAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
