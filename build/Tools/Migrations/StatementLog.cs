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

    public StatementLog(string? path)
    {
        if (path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Each line goes out at once: what was running when the power went is what one wants to know.
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public void Add(StatementTiming timing)
    {
        var statement =
            timing.Statement.Length <= KeptCharacters ? timing.Statement : timing.Statement[..KeptCharacters] + "…";
        _file?.WriteLine(JsonSerializer.Serialize(timing with { Statement = statement }, Json));
    }

    public void Dispose() => _file?.Dispose();
}
