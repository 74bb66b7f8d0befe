namespace Slipway.Checks;

/// <summary>Names of our own pre-deployment checks; those of GitHub keep theirs.</summary>
public static class CheckNames
{
    public const string Freeze = "freeze windows";
    public const string Approval = "approval";
    public const string Lock = "environment lock";
    public const string SameVersion = "version in service";
    public const string WorkingTree = "working tree";
    public const string SecurityAudit = "security audit";
    public const string Secrets = "secrets";
    public const string BuildIntegrity = "build integrity";
}
