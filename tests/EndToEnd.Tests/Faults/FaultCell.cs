using System.Text.Json;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>One cell of the matrix, as it went.</summary>
/// <param name="Hit">What the fault met: a stage that has no candidate yet has none to kill.</param>
/// <param name="Served">Versions that answered when the run had ended, before anything was resumed.</param>
/// <param name="Resumed">Exit code of <c>--resume</c>; null where there was nothing to resume.</param>
/// <param name="Commit">What was tested.</param>
/// <param name="Output">What the run printed; the table tells it in a sentence or two.</param>
internal sealed record FaultCell(
    string Stage,
    string Fault,
    string Hit,
    string[] Served,
    double SecondsWithout,
    int Failed,
    int Sent,
    int ExitCode,
    int? Resumed,
    string Commit,
    DateTimeOffset RanAt,
    string Output
)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Cells of earlier runs stay until they are run again: the matrix may be run in parts, and in parts at once.</summary>
    public static string Folder => Path.Combine(Checkout.Repository, ".slipway", "fault-matrix");

    public string Name => $"{Stage}-{Fault}".Replace(' ', '-');

    /// <summary>Whole or not at all: another part of the matrix may be reading.</summary>
    public void Keep()
    {
        Directory.CreateDirectory(Folder);
        var file = Path.Combine(Folder, Name + ".json");
        var own = $"{file}.{Environment.ProcessId}";
        File.WriteAllText(own, JsonSerializer.Serialize(this, Json));
        File.Move(own, file, overwrite: true);
    }

    /// <summary>What a reader of the cell may want to see: each request that was lost, beside the run's output.</summary>
    public void KeepEvidence(string text)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, Name + ".log"), text);
    }

    public static FaultCell[] ReadAll() =>
        Directory.Exists(Folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(Folder, "*.json")
                    .Select(file => JsonSerializer.Deserialize<FaultCell>(File.ReadAllText(file), Json)!)
                    .OrderBy(cell => Array.IndexOf(FaultMatrix.Stages, cell.Stage))
                    .ThenBy(cell => Array.IndexOf(Injection.All, cell.Fault)),
            ]
            : [];
}
