using Cake.Core;

namespace Cake.Frosting;

/// <summary>What is done after the last task, with the plain Cake context.</summary>
public abstract class FrostingTeardown : FrostingTeardown<ICakeContext> { }

/// <summary>What is done after the last task.</summary>
/// <typeparam name="TContext">The build's own context.</typeparam>
public abstract class FrostingTeardown<TContext> : IFrostingTeardown
    where TContext : ICakeContext
{
    public abstract void Teardown(TContext context, ITeardownContext info);

    void IFrostingTeardown.Teardown(ICakeContext context, ITeardownContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        Teardown((TContext)context, info);
    }
}
