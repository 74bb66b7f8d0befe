using Cake.Core;

namespace Cake.Frosting;

/// <summary>What is done before the first task, with the plain Cake context.</summary>
public abstract class FrostingSetup : FrostingSetup<ICakeContext> { }

/// <summary>What is done before the first task.</summary>
/// <typeparam name="TContext">The build's own context.</typeparam>
public abstract class FrostingSetup<TContext> : IFrostingSetup
    where TContext : ICakeContext
{
    public abstract void Setup(TContext context, ISetupContext info);

    void IFrostingSetup.Setup(ICakeContext context, ISetupContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        Setup((TContext)context, info);
    }
}
