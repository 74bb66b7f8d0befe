using System.Collections.Immutable;

namespace Slipway.Tools;

/// <param name="Name">Without <c>refs/tags/</c>.</param>
/// <param name="Commit">The commit it points at in the end, 40 hex digits.</param>
/// <param name="ObjectSha">What the ref holds: the tag object of an annotated tag, else the commit.</param>
/// <param name="Date">When the tag was made (annotated) or the commit (lightweight); null when it was read from a remote.</param>
public sealed record GitTag(string Name, string Commit, string ObjectSha, bool IsAnnotated, DateTimeOffset? Date);

/// <param name="Name">Full, e.g. <c>refs/tags/v1.2.3</c>.</param>
/// <param name="Sha">What the ref holds.</param>
/// <param name="Commit">The commit of an annotated tag; else the same as <paramref name="Sha"/>.</param>
public sealed record GitRef(string Name, string Sha, string Commit)
{
    public bool IsAnnotated => Sha != Commit;
}

/// <summary>An annotated tag object with its message, exactly as it was written.</summary>
public sealed record GitTagObject(string Ref, string Sha, string Target, string Message);

public sealed record GitCommit(string Sha, DateTimeOffset Date, string Author, string Subject, string Body);

/// <param name="Status">git's two letters, e.g. <c> M</c>, <c>??</c>.</param>
public sealed record GitChange(string Status, string Path);

/// <summary>Who made a tag object, and when.</summary>
public sealed record GitIdentity(string Name, string Email)
{
    /// <summary>Where neither the repository nor the machine says who works here.</summary>
    public static GitIdentity Default { get; } = new("Slipway", "slipway@localhost");
}

/// <summary>One ref of a push.</summary>
/// <param name="Source">Object or ref; empty deletes.</param>
/// <param name="Target">Full name of the ref at the remote.</param>
/// <param name="Expected">
/// Compare and swap: what the remote's ref must hold now (empty: it must not exist). Null: created, or moved forward.
/// </param>
public sealed record PushRef(string Source, string Target, string? Expected)
{
    /// <summary>Creates a ref that must not exist.</summary>
    public static PushRef Create(string source, string target) => new(source, target, "");

    /// <summary>Moves a ref from a known object, or creates it when there was none.</summary>
    public static PushRef Move(string source, string target, string? expected) => new(source, target, expected ?? "");

    public static PushRef Delete(string target, string expected) => new("", target, expected);
}

public enum PushOutcome
{
    Pushed,

    /// <summary>A ref at the remote is not what was expected: somebody else moved or made it. Nothing was changed.</summary>
    Stale,
}

/// <param name="Target">Full name of the ref at the remote.</param>
/// <param name="Reason">git's words for a refusal, e.g. <c>stale info</c>; null when it went through.</param>
public sealed record PushedRef(string Target, string? Reason);

public sealed record PushResult(PushOutcome Outcome, ImmutableArray<PushedRef> Refs);
