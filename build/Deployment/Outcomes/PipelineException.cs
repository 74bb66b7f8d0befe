namespace Slipway.Outcomes;

/// <summary>
/// A failure that a person can act on. The message says what is wrong and where; <see cref="Expected"/> what would
/// have been right; <see cref="Next"/> what to type next.
/// </summary>
public class PipelineException : Exception
{
    public PipelineException(
        ExitCode exitCode,
        string message,
        string? expected = null,
        string? next = null,
        Exception? inner = null
    )
        : base(message, inner)
    {
        ExitCode = exitCode;
        Expected = expected;
        Next = next;
    }

    public PipelineException(string message, string? expected = null, string? next = null, Exception? inner = null)
        : this(ExitCode.Failed, message, expected, next, inner) { }

    public ExitCode ExitCode { get; }

    public string? Expected { get; }

    public string? Next { get; }

    /// <summary>The message, then a line each for what is expected and what to type next.</summary>
    public string Explain() =>
        string.Join(
            '\n',
            new[]
            {
                Message,
                Expected is null ? null : $"  expected: {Expected}",
                Next is null ? null : $"  next: {Next}",
            }.Where(line => line is not null)
        );
}
