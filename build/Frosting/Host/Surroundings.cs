namespace Slipway.Host;

/// <summary>What the host finds around it. Tests put other things there.</summary>
internal sealed record Surroundings
{
    public TextWriter Out { get; init; } = Console.Out;

    public TextWriter Error { get; init; } = Console.Error;

    public TextReader In { get; init; } = Console.In;

    /// <summary>A line typed at the terminal that is not shown.</summary>
    public Func<string?> ReadHidden { get; init; } = HiddenLine.Read;

    /// <summary>Somebody sits there who can answer.</summary>
    public bool IsInteractive { get; init; } = !Console.IsInputRedirected && !Console.IsOutputRedirected;

    public bool IsTerminal { get; init; } = !Console.IsOutputRedirected;

    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often the progress of long tasks is said where lines cannot be rewritten.</summary>
    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromSeconds(10);

    public int Width { get; init; } = 120;

    public bool IsGitHub => Variable("GITHUB_ACTIONS") == "true";

    public bool CanRewriteLines => IsTerminal && !IsGitHub && Variable("TERM") is not (null or "" or "dumb");

    /// <summary>GitHub's log viewer shows colours though its output is redirected.</summary>
    public bool Colours => string.IsNullOrEmpty(Variable("NO_COLOR")) && (CanRewriteLines || IsGitHub);
}
