using System.Collections.Immutable;
using Slipway.Outcomes;

namespace Slipway.Infrastructure;

/// <summary>What a plan may do, and the plan back.</summary>
public static class PlanRules
{
    /// <summary>Whether an address is protected by one of the patterns; <c>*</c> stands for any text.</summary>
    public static bool IsProtected(string address, ImmutableArray<string> patterns) =>
        !patterns.IsDefault && patterns.Any(pattern => Matches(address, pattern));

    /// <exception cref="PipelineException">A protected resource would be destroyed or replaced without leave.</exception>
    public static void DemandLeave(ImmutableArray<ResourceChange> changes, string? allowDestroyReason)
    {
        if (allowDestroyReason is not null)
            return;
        var lost = changes.Where(change => change.IsDestructive && change.IsProtected).ToArray();
        if (lost.Length > 0)
            throw new PipelineException(
                $"the plan destroys or replaces what is protected: {string.Join(", ", lost.Select(change => $"{change.Address} ({string.Join(" and ", change.Actions)})"))}",
                "no delete of an address that environment.json names in terraform.protected",
                "change the layer, or --allow-destroy --reason='why the data may go'"
            );
    }

    /// <summary>The changes that undo a plan, last first. What was destroyed comes back empty: that only a backup restores.</summary>
    public static ImmutableArray<ResourceChange> Back(ImmutableArray<ResourceChange> changes) =>
        [
            .. changes
                .Where(change => change.Actions.Any(action => action is not ("no-op" or "read")))
                .Reverse()
                .Select(change => change with { Actions = Inverse(change.Actions) }),
        ];

    private static ImmutableArray<string> Inverse(ImmutableArray<string> actions) =>
        [
            .. actions
                .Reverse()
                .Select(action =>
                    action switch
                    {
                        "create" => "delete",
                        "delete" => "create",
                        _ => action,
                    }
                ),
        ];

    /// <summary>A walk without backtracking, so that no pattern can be slow: after a star, the nearest match is the right one.</summary>
    private static bool Matches(string text, string pattern)
    {
        var (at, mark, star, read) = (0, 0, -1, 0);
        while (at < text.Length)
        {
            if (read < pattern.Length && pattern[read] == '*')
                (star, mark, read) = (read, at, read + 1);
            else if (read < pattern.Length && pattern[read] == text[at])
                (at, read) = (at + 1, read + 1);
            else if (star >= 0)
                (read, mark, at) = (star + 1, mark + 1, mark + 1);
            else
                return false;
        }
        while (read < pattern.Length && pattern[read] == '*')
            read++;
        return read == pattern.Length;
    }
}
