using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Versions;

/// <summary>
/// Writes the parts of the data model; reads <c>fullVersion</c> alone and takes the parts from it, so that a file can
/// never hold a version whose parts disagree.
/// </summary>
public sealed class ProjectVersionJsonConverter : JsonConverter<ProjectVersion>
{
    public override ProjectVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var text =
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("fullVersion", out var full)
            && full.ValueKind == JsonValueKind.String
                ? full.GetString()
                : throw new JsonException("a version must be an object with the text fullVersion");
        return ProjectVersion.TryParse(text, out var version, out var error)
            ? version
            : throw new JsonException($"{QuotedText.Of(text)} is not a version: {error}");
    }

    public override void Write(Utf8JsonWriter writer, ProjectVersion value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("fullVersion", value.FullVersion);
        writer.WriteString("subProjectPath", value.SubProjectPath);
        writer.WriteString("semver", value.Semver);
        writer.WriteNumber("major", value.Major);
        writer.WriteNumber("minor", value.Minor);
        writer.WriteNumber("patch", value.Patch);
        writer.WriteString("prerelease", value.Prerelease);
        writer.WriteEndObject();
    }
}
