namespace Slipway.Tools;

/// <summary>Finds the identity that opens a file's data key: natively first, through the <c>age</c> program for the rest.</summary>
/// <param name="runner">Null: identities that need the program are passed over.</param>
internal sealed class SopsKeyring(AgeKeys keys, ICommandRunner? runner)
{
    /// <exception cref="SopsException">None opens it.</exception>
    public async Task<SopsDataKey> OpenAsync(SopsMetadata metadata, CancellationToken cancellation)
    {
        if (SopsDataKey.Open(metadata.AgeKeys, keys.Identities) is { } key)
        {
            return key;
        }

        if (runner is not null)
        {
            var program = new AgeProgram(runner);
            foreach (var identity in keys.Foreign)
            {
                foreach (var envelope in metadata.AgeKeys)
                {
                    if (
                        await program.OpenAsync(envelope.Envelope, identity, cancellation) is
                        { Length: SopsDataKey.Size } bytes
                    )
                    {
                        return new SopsDataKey(bytes);
                    }
                }
            }
        }

        throw NotFound(metadata);
    }

    private SopsException NotFound(SopsMetadata metadata)
    {
        var recipients = metadata.AgeKeys.Select(envelope => envelope.Recipient).ToList();
        var mine = keys.Identities.Select(identity => identity.Recipient.Text).ToList();
        var from = keys.Sources.IsEmpty ? "" : $" (from {string.Join(", ", keys.Sources)})";
        return new SopsException(
            SopsRefusal.NoKey,
            $"no age identity at hand{from} opens the file: "
                + (mine.Count == 0 ? "there is none" : $"those at hand are of {string.Join(", ", mine)}"),
            recipients.Count > 0
                ? $"an identity of {string.Join(" or ", recipients)}"
                : $"a file for age recipients, not for {string.Join(", ", metadata.OtherKeySources.DefaultIfEmpty("nobody"))}",
            $"export {AgeKeys.FileVariable}=<identity file>, or {AgeKeys.TextVariable}=<identity> in a workflow"
        );
    }
}
