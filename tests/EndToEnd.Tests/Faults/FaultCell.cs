using System.Text.Json;

namespace Slipway.EndToEnd.Tests.Faults;

/// <summary>One cell of the matrix, as it went.</summary>
/// <param name="Served">Versions that answered when the run had ended, before anything was resumed.</param>
/// <param name="Resumed">Exit code of <c>--resume</c>; null where there was nothing to resume.</param>
internal sealed record FaultCell(
    string Stage,
    string Fault,
    string Happened,
    string[] Served,
    double SecondsWithout,
    int Failed,
    int Sent,
    int ExitCode,
    int? Resumed
)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Cells of earlier runs stay until they are run again: the matrix may be run in parts.</summary>
    public static string Folder => Path.Combine(Checkout.Repository, ".slipway", "fault-matrix");

    public void Keep()
    {
        Directory.CreateDirectory(Folder);
        var name = $"{Stage}-{Fault}.json".Replace(' ', '-');
        File.WriteAllText(Path.Combine(Folder, name), JsonSerializer.Serialize(this, Json));
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
