namespace Cake.Frosting;

/// <summary>A failure of this task is reported, and the run goes on as if it had succeeded.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ContinueOnErrorAttribute : Attribute { }
