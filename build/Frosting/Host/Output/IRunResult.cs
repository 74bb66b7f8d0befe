namespace Slipway.Host;

/// <summary>
/// The product of a run (a status, a listing, JSON) as opposed to what is said on the way: it goes to standard output as it
/// stands, without a task's name; with <c>--json</c> it is the only thing there. Resolve it from the services.
/// </summary>
public interface IRunResult
{
    void Write(string text);
}
