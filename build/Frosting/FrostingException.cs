namespace Cake.Frosting;

/// <summary>The build program is put together wrongly: a task, context or service that cannot be used.</summary>
public sealed class FrostingException : Exception
{
    public FrostingException(string message)
        : base(message) { }

    public FrostingException(string message, Exception innerException)
        : base(message, innerException) { }
}
