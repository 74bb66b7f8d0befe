using System.Reflection;
using Cake.Core;
using Cake.Frosting;

namespace Slipway.Host;

/// <summary>Reads exceptions: the program's own first, then Cake's, then the rest by type and message.</summary>
internal sealed class FailureReader(Func<Exception, Failure?>? ownFailures)
{
    public Failure Read(Exception exception)
    {
        var cause = Unwrap(exception);
        if (ownFailures?.Invoke(cause) is { } own)
        {
            return own with { ExitCode = Red(own.ExitCode) };
        }

        if (cause is AggregateException many)
        {
            var all = many.Flatten().InnerExceptions.Select(Read).ToArray();
            return new Failure(all[0].ExitCode, string.Join('\n', all.Select(one => one.Message)));
        }

        return new Failure(Red((cause as CakeException)?.ExitCode ?? 1), Message(cause));
    }

    /// <summary>What carries an exception and says nothing itself.</summary>
    public static Exception Unwrap(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions.Count: 1 } one => Unwrap(one.InnerExceptions[0]),
            TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
            TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
            _ => exception,
        };

    /// <summary>An exit code that the shell takes for success would turn a failure green: it keeps the lowest 8 bits.</summary>
    private static int Red(int exitCode) => (exitCode & 0xff) == 0 ? 1 : exitCode;

    private static string Message(Exception exception)
    {
        var told = exception is CakeException or FrostingException;
        var message = told ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
        // A cause whose words are in the message already has been told.
        return exception.InnerException is { } inner && !message.Contains(Unwrap(inner).Message, StringComparison.Ordinal)
            ? $"{message}\n  because: {Message(Unwrap(inner))}"
            : message;
    }
}
