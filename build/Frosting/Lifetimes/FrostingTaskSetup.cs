using Cake.Core;

namespace Cake.Frosting;

/// <summary>What is done before each task, with the plain Cake context.</summary>
public abstract class FrostingTaskSetup : FrostingTaskSetup<ICakeContext> { }

/// <summary>What is done before each task.</summary>
/// <typeparam name="TContext">The build's own context.</typeparam>
public abstract class FrostingTaskSetup<TContext> : IFrostingTaskSetup
    where TContext : ICakeContext
{
    public abstract void Setup(TContext context, ITaskSetupContext info);

    void IFrostingTaskSetup.Setup(ICakeContext context, ITaskSetupContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        Setup((TContext)context, info);
    }
}
