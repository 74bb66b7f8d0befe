namespace Slipway.Canary;

/// <summary>The last usable ticks of both arms, newest first.</summary>
internal sealed class RecentTicks(int capacity)
{
    private readonly (ArmTick Candidate, ArmTick Stable)[] ring = new (ArmTick, ArmTick)[capacity];
    private int written;

    public int Count => Math.Min(written, capacity);

    public (ArmTick Candidate, ArmTick Stable) this[int age] => ring[(written - 1 - age) % capacity];

    public void Add(ArmTick candidate, ArmTick stable) => ring[written++ % capacity] = (candidate, stable);

    public void Clear() => written = 0;
}
