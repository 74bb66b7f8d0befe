namespace Slipway.Host;

/// <summary>GitHub's workflow commands, and what a line must not be that is not one.</summary>
internal static class WorkflowText
{
    /// <summary>The runner reads <c>::command::</c> at the start of a line and <c>##[command]</c> anywhere in it.</summary>
    public static bool LooksLikeCommand(string line) =>
        line.AsSpan().TrimStart().StartsWith("::") || line.Contains("##[", StringComparison.Ordinal);

    public static string Command(string name, string title, string message) =>
        $"::{name} title={Property(title)}::{Data(message)}";

    public static string Command(string name, string message) => $"::{name}::{Data(message)}";

    public static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    public static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    /// <summary>The lines, between a stop and a resume of command processing where one of them could be taken for a command.</summary>
    /// <param name="token">Nobody can guess it, so no line can end the stop.</param>
    public static IEnumerable<string> AsData(IReadOnlyCollection<string> lines, Func<string> token)
    {
        if (!lines.Any(LooksLikeCommand))
        {
            return lines;
        }

        var secret = token();
        return [$"::stop-commands::{secret}", .. lines, $"::{secret}::"];
    }
}
