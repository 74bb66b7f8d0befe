using System.Collections.Immutable;
using Slipway.Environments;

namespace Slipway.Rollouts;

/// <summary>The freeze windows of an environment, as a rollout asks for them.</summary>
public sealed class FreezeCalendar(ImmutableArray<FreezeWindow> windows) : IFreezeCalendar
{
    public static FreezeCalendar None { get; } = new([]);

    public string? OpenAt(DateTimeOffset at) =>
        windows.IsDefaultOrEmpty ? null : Checks.FreezeCalendar.OpenAt(windows, at)?.Window.Name;
}
