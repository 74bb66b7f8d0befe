using System.Collections.Immutable;

namespace Slipway.Backups;

/// <summary>What a plain dump does not say of a database, and a restore needs.</summary>
/// <param name="VersionNumber">As <c>server_version_num</c>, e.g. 150018.</param>
/// <param name="Owner">Role that owns the database.</param>
/// <param name="Settings">What <c>ALTER DATABASE … SET</c> holds, <c>name=value</c>; a plain dump leaves it out.</param>
/// <param name="Roles">Roles of the server that a dump may name.</param>
public sealed record DatabaseDescription(
    string Version,
    int VersionNumber,
    string Database,
    string Owner,
    string Encoding,
    string Collate,
    string CType,
    string? IcuLocale,
    long SizeBytes,
    ImmutableArray<string> Settings,
    ImmutableArray<string> Roles
)
{
    public int Major => VersionNumber / 10_000;
}
