namespace Slipway.Canary;

/// <summary>How much of a stage has counted: it stands still while the rollout is held or paused.</summary>
internal sealed class StageClock
{
    /// <summary>A stage that was too thin is made this many times as long, once.</summary>
    private const double Extension = 1.5;

    public double Seconds { get; private set; }

    public double Length { get; private set; }

    public bool IsExtended { get; private set; }

    // A tick that ends a hair early by rounding still ends the stage.
    public bool IsOver => Seconds >= Length - 1e-6;

    public void Begin(double length) => (Seconds, Length, IsExtended) = (0, length, false);

    public void Advance(double seconds) => Seconds += seconds;

    public void Extend() => (Length, IsExtended) = (Length * Extension, true);
}
