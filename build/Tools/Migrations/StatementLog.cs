using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Tools;

/// <summary>A JSON line for every statement: when it began, how long it took, what the server said.</summary>
internal sealed class StatementLog : IDisposable
{
    private const int KeptCharacters = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StreamWriter? _file;

    private readonly Func<string, string> _redact;

    public StatementLog(string? path, Func<string, string> redact)
    {
        _redact = redact;
        if (path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Each line goes out at once: what was running when the power went is what one wants to know.
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public void Add(StatementTiming timing)
    {
        var whole = _redact(timing.Statement); // before it is cut: half a secret cannot be recognised
        var statement = whole.Length <= KeptCharacters ? whole : whole[..KeptCharacters] + "…";
        _file?.WriteLine(_redact(JsonSerializer.Serialize(timing with { Statement = statement }, Json)));
    }

    public void Dispose() => _file?.Dispose();
}
