using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>Why a SOPS file is refused.</summary>
public enum SopsRefusal
{
    /// <summary>It has no <c>sops</c> part: it is plain text.</summary>
    NoMetadata,

    /// <summary>Its <c>sops</c> part contradicts itself or cannot be read.</summary>
    BadMetadata,

    /// <summary>No identity at hand opens its data key.</summary>
    NoKey,

    /// <summary>It uses a feature that this reader does not have, and says so rather than guess.</summary>
    Unsupported,

    /// <summary>A value that its rule wants encrypted is not.</summary>
    NotEncrypted,

    /// <summary>An encrypted value is not standard base64.</summary>
    BadBase64,

    /// <summary>An encrypted value's type is unknown, or its content is not of that type.</summary>
    BadType,

    /// <summary>A value was changed, moved to another key, or belongs to another file.</summary>
    ValueTampered,

    /// <summary>It has no MAC.</summary>
    MacMissing,

    /// <summary>Its MAC, or the time that the MAC is bound to, was changed.</summary>
    MacUnreadable,

    /// <summary>Values were removed, added, put into another order, or changed where they are not encrypted.</summary>
    MacMismatch,

    /// <summary>It is not well-formed.</summary>
    Parse,
}

/// <summary>A SOPS file that is refused, and why. The message names keys and lines, never a value.</summary>
public sealed class SopsException(SopsRefusal refusal, string message, string? expected = null, string? next = null)
    : PipelineException(ExitCode.Usage, message, expected, next)
{
    public SopsRefusal Refusal { get; } = refusal;

    /// <summary>As in the list of refusals: <c>MAC_MISMATCH</c>.</summary>
    public string Code { get; } =
        string.Concat(
                refusal.ToString().Select((letter, at) => at > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}")
            )
            .ToUpperInvariant();

    /// <summary>The same refusal with the file's name before the message.</summary>
    internal SopsException In(string file) => new(Refusal, $"{file}: {Message}", Expected, Next);
}
