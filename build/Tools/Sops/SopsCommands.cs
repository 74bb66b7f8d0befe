namespace Slipway.Tools;

/// <summary>Argument lists of the two programs that know more than this reader: <c>age</c> and <c>sops</c>.</summary>
public static class SopsCommands
{
    /// <param name="identity">A file, or <c>-</c> for standard input.</param>
    public static Command OpenEnvelope(string identity, string envelope, string output) =>
        Command.Of("age", "--decrypt", "--identity", identity, "--output", output, envelope) with
        {
            // A wrong key is 1: an answer, not a failure.
            SuccessExitCodes = [0, 1],
            Timeout = TimeSpan.FromMinutes(1),
        };

    /// <summary>Opens the plaintext in the user's editor and encrypts it again.</summary>
    /// <param name="format">As it stands in the file, whose name says nothing to <c>sops</c>.</param>
    public static Command Edit(string file, SopsFormat format)
    {
        var type = format.ToString().ToLowerInvariant();
        return Command.Of("sops", "edit", "--input-type", type, "--output-type", type, file);
    }
}
