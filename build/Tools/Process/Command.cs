using System.Collections.Immutable;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>A program and its arguments as an immutable value. No shell ever sees it: each argument arrives as it stands.</summary>
/// <param name="Program">Name found on PATH, or an absolute path.</param>
public sealed record Command(string Program, ImmutableArray<string> Arguments)
{
    /// <summary>Folder it runs in; every command names one (the process's own working directory is never relied on).</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables added to the inherited environment; an empty name is refused. Null value: removed.</summary>
    public ImmutableSortedDictionary<string, string?> Environment { get; init; } =
        ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Secret variables: handed to the child, redacted wherever its output is kept.</summary>
    public ImmutableSortedDictionary<string, Secret> Secrets { get; init; } =
        ImmutableSortedDictionary<string, Secret>.Empty;

    /// <summary>Written to the child's standard input, which is then closed; null: the child gets an empty one.</summary>
    public string? StandardInput { get; init; }

    /// <summary>A secret for standard input, e.g. a password; redacted like <see cref="Secrets"/>.</summary>
    public Secret? SecretInput { get; init; }

    /// <summary>Null: no limit but the run's own cancellation.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Exit codes that are not a failure; 0 alone by default.</summary>
    public ImmutableArray<int> SuccessExitCodes { get; init; } = [0];

    /// <summary>How long after the graceful signal (SIGINT or SIGTERM) the tree is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether cancellation sends SIGINT (terraform releases its lock on it) rather than SIGTERM.</summary>
    public bool InterruptOnCancel { get; init; }

    /// <summary>
    /// Whether standard output holds values that nobody may see and that must arrive unchanged (terraform's outputs, a
    /// decrypted file): it is then returned as <see cref="CommandResult.SecretOutput"/> alone, never streamed or kept as text.
    /// </summary>
    public bool SecretOutput { get; init; }

    /// <summary>Characters kept of each output stream; of more, the beginning and the end are kept.</summary>
    public int OutputLimit { get; init; } = 16 * 1024 * 1024;

    public static Command Of(string program, params IEnumerable<string> arguments) => new(program, [.. arguments]);

    public Command In(string workingDirectory) => this with { WorkingDirectory = workingDirectory };

    public Command With(string name, string value) => this with { Environment = Environment.SetItem(name, value) };

    public Command WithSecret(string name, Secret value) => this with { Secrets = Secrets.SetItem(name, value) };
}

/// <param name="Output">Standard output, redacted, whole.</param>
/// <param name="Error">Standard error, redacted, whole.</param>
public sealed record CommandResult(Command Command, int ExitCode, string Output, string Error, TimeSpan Duration)
{
    /// <summary>Standard output as the program wrote it, when the command asked for it so; null otherwise.</summary>
    public Secret? SecretOutput { get; init; }

    /// <summary>Whether the middle of an output was left out because it was over <see cref="Command.OutputLimit"/>.</summary>
    public bool Truncated { get; init; }
}

/// <summary>One line of a running command, redacted.</summary>
public readonly record struct OutputLine(bool IsError, string Text);

/// <summary>Runs commands. The one place where the pipeline starts programs.</summary>
public interface ICommandRunner
{
    /// <exception cref="CommandFailedException">Exit code not expected, time-out, or the program is not there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the tree was ended, gracefully, then by force.</exception>
    Task<CommandResult> RunAsync(
        Command command,
        Action<OutputLine>? onLine = null,
        CancellationToken cancellation = default
    );
}
