using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Rollouts;
using Slipway.Runs;

namespace Slipway.Pipeline;

/// <summary>
/// What is followed as it changes: a tree that is written over in a terminal, a line per change elsewhere, JSON lines
/// with <c>--json</c>.
/// </summary>
public sealed class LiveText(DeploymentContext context)
{
    private static readonly JsonSerializerOptions OneLine = new(StageSerializer.Options) { WriteIndented = false };

    private readonly Lock _gate = new();
    private string _shown = "";
    private int _height;

    /// <param name="json">What a program gets.</param>
    /// <param name="tree">By the columns of the terminal.</param>
    /// <param name="plain">What a log gets.</param>
    public void Show<T>(T json, Func<int, ImmutableArray<string>> tree, Func<string> plain)
    {
        lock (_gate)
            if (context.Request.Json)
                Line(JsonSerializer.Serialize(json, OneLine));
            else if (context.Host.TerminalWidth is { } width)
                Over(tree(width));
            else
                Line(plain());
    }

    /// <summary>One of several rollouts that are followed at once.</summary>
    public void Show(RolloutState state, string? region) =>
        Show(
            state,
            width =>
                region is null ? RolloutView.Render(state, width) : [$"{region}: {RolloutView.RenderPlain(state)}"],
            () => region is null ? RolloutView.RenderPlain(state) : $"{region}: {RolloutView.RenderPlain(state)}"
        );

    private void Line(string text)
    {
        if (text == _shown)
            return;
        _shown = text;
        context.WriteResult(text);
    }

    /// <summary>Up to the first line of what was shown, clear to the end of the screen, and anew.</summary>
    private void Over(ImmutableArray<string> lines)
    {
        var up = _height > 0 ? $"\u001b[{_height}F\u001b[J" : "";
        _height = lines.Length;
        context.WriteResult(up + string.Join('\n', lines));
    }
}
