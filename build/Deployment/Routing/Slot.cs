using System.Collections.Immutable;
using Slipway.Rollouts;

namespace Slipway.Routing;

/// <summary>
/// One of the two places where a version can live. Which of them is the stable arm changes with every promotion; the
/// router alone knows which it is now.
/// </summary>
public enum Slot
{
    Blue,
    Green,
}

public static class Slots
{
    public static ImmutableArray<Slot> All { get; } = [Slot.Blue, Slot.Green];

    public static Slot Other(this Slot slot) => slot == Slot.Blue ? Slot.Green : Slot.Blue;

    /// <summary>The name in file names, labels and at the router: <c>blue</c>, <c>green</c>.</summary>
    public static string Name(this Slot slot) => slot == Slot.Blue ? "blue" : "green";

    public static Slot? Parse(string? name) =>
        name switch
        {
            "blue" => Slot.Blue,
            "green" => Slot.Green,
            _ => null,
        };

    /// <summary>The slot of an arm when <paramref name="stable"/> is the stable one.</summary>
    public static Slot Of(Arm arm, Slot stable) => arm == Arm.Stable ? stable : stable.Other();
}

/// <summary>An instance that listens on loopback.</summary>
/// <param name="Index">1 to the number of instances of the service.</param>
public sealed record InstanceAddress(string Service, int Index, int Port);

/// <summary>
/// The router's side of starting and stopping instances. Apart from <see cref="ITrafficRouter"/>, because a router of a
/// cloud finds its instances itself.
/// </summary>
public interface IInstanceRegistry
{
    /// <summary>Which slot the router calls stable.</summary>
    Task<Slot> ReadStableSlotAsync(CancellationToken cancellation);

    /// <summary>What is registered in a slot, alive or not.</summary>
    Task<ImmutableArray<InstanceAddress>> ReadRegisteredAsync(Slot slot, CancellationToken cancellation);

    /// <summary>Registers the instances of the slot without traffic, at weight 0, in place of what was registered there.</summary>
    Task RegisterAsync(Slot slot, ImmutableArray<InstanceAddress> instances, CancellationToken cancellation);

    /// <summary>Gives a slot without traffic no new request at all; returns the requests that are still under way.</summary>
    Task<int> DrainAsync(Slot slot, CancellationToken cancellation);

    /// <summary>Takes the slot's instances out of the router. Refused while the slot has traffic.</summary>
    Task UnregisterAsync(Slot slot, CancellationToken cancellation);
}
