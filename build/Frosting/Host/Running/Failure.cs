namespace Slipway.Host;

/// <summary>What an exception means to the person in front of the program.</summary>
/// <param name="ExitCode">1 to 255.</param>
/// <param name="Message">What is wrong, where, what is expected, what to type next; may have several lines.</param>
public sealed record Failure(int ExitCode, string Message);
