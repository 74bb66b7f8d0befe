using System.Collections.Immutable;

namespace Slipway.Tools.Tests;

/// <summary>What is told of an instance's log: whole lines, because half a secret cannot be recognised as one.</summary>
public sealed class TheEndOfALog
{
    private static readonly ProcessLives Table = new();
    private static readonly string Alive = Table.Find(Environment.ProcessId)!.ToString();

    // No process has this one: ids go to 2^22.
    private static readonly string Ended = (Table.Find(Environment.ProcessId)! with { ProcessId = 1 << 23 }).ToString();

    [Test]
    public async Task LeavesOutALineThatIsBeingWritten()
    {
        var told = await ReadAsync(Alive, "listens\npassword is hunt");
        told.ShouldBe("listens");
    }

    [Test]
    public async Task KeepsTheLastWordsOfAnInstanceThatEnded() =>
        (await ReadAsync(Ended, "listens\nno configuration")).ShouldBe("listens\nno configuration");

    [Test]
    public async Task BeginsWithAWholeLine()
    {
        var told = await ReadAsync(Alive, "password is " + new string('x', 5000) + "\nlistens\n");
        told.ShouldBe("listens");
    }

    private static async Task<string> ReadAsync(string id, string log)
    {
        using var folder = new ScratchFolder();
        var instances = new ProcessInstances(
            new(folder.Path, ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty),
            bundles: null!,
            starter: null!,
            Table,
            TimeProvider.System
        );
        return (await instances.ReadLogAsync(id, folder.File("instance.log", log), default)).Tail;
    }
}
