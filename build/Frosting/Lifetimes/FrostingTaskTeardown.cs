using Cake.Core;

namespace Cake.Frosting;

/// <summary>What is done after each task, with the plain Cake context.</summary>
public abstract class FrostingTaskTeardown : FrostingTaskTeardown<ICakeContext> { }

/// <summary>What is done after each task.</summary>
/// <typeparam name="TContext">The build's own context.</typeparam>
public abstract class FrostingTaskTeardown<TContext> : IFrostingTaskTeardown
    where TContext : ICakeContext
{
    public abstract void Teardown(TContext context, ITaskTeardownContext info);

    void IFrostingTaskTeardown.Teardown(ICakeContext context, ITaskTeardownContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        Teardown((TContext)context, info);
    }
}
