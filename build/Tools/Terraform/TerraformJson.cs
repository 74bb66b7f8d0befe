using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Infrastructure;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>terraform's JSON → types. Nothing of a plan but addresses, types and actions is taken over: the rest may be secret.</summary>
internal static class TerraformJson
{
    public static string Version(string json) =>
        Parse(json, root => root.GetProperty("terraform_version").GetString()!);

    public static ImmutableArray<ResourceChange> Changes(string json, Func<string, bool> isProtected) =>
        Parse(
            json,
            root =>
                root.TryGetProperty("resource_changes", out var changes)
                    ? changes
                        .EnumerateArray()
                        .Select(change => Change(change, isProtected))
                        .Where(change => change.Actions is not ["no-op"])
                        .ToImmutableArray()
                    : []
        );

    public static ImmutableArray<TerraformDiagnostic> Diagnostics(string json) =>
        Parse(json, root => root.GetProperty("diagnostics").EnumerateArray().Select(Diagnostic).ToImmutableArray());

    public static TerraformOutputs Outputs(string json) =>
        Parse(
            json,
            root =>
            {
                var plain = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
                var sensitive = ImmutableSortedDictionary.CreateBuilder<string, Secret>(StringComparer.Ordinal);
                foreach (var output in root.EnumerateObject())
                {
                    var value = output.Value.GetProperty("value");
                    if (!output.Value.GetProperty("sensitive").GetBoolean())
                        plain[output.Name] = value.Clone();
                    else
                        sensitive[output.Name] = new Secret(
                            value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()
                        );
                }
                return new TerraformOutputs(plain.ToImmutable(), sensitive.ToImmutable());
            }
        );

    private static ResourceChange Change(JsonElement change, Func<string, bool> isProtected)
    {
        var address = change.GetProperty("address").GetString()!;
        var actions = change.GetProperty("change").GetProperty("actions").EnumerateArray();
        return new ResourceChange(
            address,
            change.GetProperty("type").GetString()!,
            [.. actions.Select(action => action.GetString()!)],
            isProtected(address)
        );
    }

    private static TerraformDiagnostic Diagnostic(JsonElement diagnostic)
    {
        var hasRange = diagnostic.TryGetProperty("range", out var range);
        return new TerraformDiagnostic(
            diagnostic.GetProperty("severity").GetString()!,
            diagnostic.GetProperty("summary").GetString()!,
            diagnostic.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : "",
            hasRange ? range.GetProperty("filename").GetString() : null,
            hasRange ? range.GetProperty("start").GetProperty("line").GetInt32() : null
        );
    }

    private static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception unexpected)
            when (unexpected is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The parser's message may quote the text, and the text may be secret.
            throw new PipelineException(
                $"terraform answered JSON of a shape that is not known here ({unexpected.GetType().Name})",
                "terraform 1.5 or later",
                "./build.sh --target=Doctor"
            );
        }
    }
}
