using Cake.Core;

namespace Cake.Frosting;

/// <summary>Called once before the first task.</summary>
public interface IFrostingSetup
{
    void Setup(ICakeContext context, ISetupContext info);
}

/// <summary>Called once after the last task, also after a failure or a cancellation.</summary>
public interface IFrostingTeardown
{
    void Teardown(ICakeContext context, ITeardownContext info);
}

/// <summary>Both in one class.</summary>
public interface IFrostingLifetime : IFrostingSetup, IFrostingTeardown { }
