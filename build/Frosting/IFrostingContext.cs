using Cake.Core;

namespace Cake.Frosting;

/// <summary>What tasks are given: Cake's context, and what a build adds to it.</summary>
public interface IFrostingContext : ICakeContext { }
