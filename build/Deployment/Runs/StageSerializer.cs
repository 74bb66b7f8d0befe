using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Runs;

/// <summary>Stage outputs as the JSON files of the run folder, and back. A file that cannot be trusted is never half read.</summary>
public static class StageSerializer
{
    /// <summary>camelCase names and enums; names given by attribute (the guide's snake case) stay.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    public static string Serialize(StageOutput output) =>
        JsonSerializer.Serialize(output, output.GetType(), Options) + "\n";

    /// <param name="deploymentId">The deployment whose run folder the text was found in.</param>
    /// <exception cref="PipelineException">Not whole, of another schema version, or of another deployment.</exception>
    public static T Deserialize<T>(string text, string deploymentId)
        where T : StageOutput, IStageFile
    {
        var output = Parse<T>(text, deploymentId);
        if (output.DeploymentId != deploymentId)
            throw Refused<T>(
                deploymentId,
                $"belongs to the deployment {QuotedText.Of(output.DeploymentId)}",
                $"a file of {deploymentId}"
            );
        return output;
    }

    private static T Parse<T>(string text, string deploymentId)
        where T : StageOutput, IStageFile
    {
        try
        {
            CheckSchemaVersion<T>(text, deploymentId);
            return JsonSerializer.Deserialize<T>(text, Options)
                ?? throw Refused<T>(deploymentId, "is null", "the stage's output");
        }
        catch (JsonException exception)
        {
            var where = exception is { LineNumber: { } line, BytePositionInLine: { } column }
                ? $" (line {line + 1}, column {column + 1}{(exception.Path is null or "$" ? "" : ", " + QuotedText.Plain(exception.Path))})"
                : "";
            throw Refused<T>(deploymentId, $"is not whole{where}", "the file as the stage wrote it", exception);
        }
    }

    /// <summary>Looked at before anything else, so that another version is not reported as a broken file.</summary>
    private static void CheckSchemaVersion<T>(string text, string deploymentId)
        where T : StageOutput, IStageFile
    {
        using var document = JsonDocument.Parse(text);
        if (
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("schemaVersion", out var version)
            && version.GetRawText() != "1"
        )
            throw Refused<T>(
                deploymentId,
                $"has the schema version {QuotedText.Plain(version.GetRawText())}",
                "schema version 1: use the Slipway that wrote it"
            );
    }

    private static PipelineException Refused<T>(
        string deploymentId,
        string problem,
        string expected,
        Exception? inner = null
    )
        where T : StageOutput, IStageFile =>
        new(
            $"{T.FileName} of {deploymentId} {problem}",
            expected,
            RunPlan.Stages.FirstOrDefault(stage => stage.FileName == T.FileName) is { } stage
                ? $"./build.sh --target={stage.Name} --exclusive --deployment-id={deploymentId}"
                : null,
            inner
        );

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // files for people; HTML is escaped where HTML is made
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            MaxDepth = 64,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
