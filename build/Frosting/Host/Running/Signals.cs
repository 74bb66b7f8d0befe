using System.Runtime.InteropServices;

namespace Slipway.Host;

/// <summary>Turns Ctrl-C, SIGTERM and a closed terminal into a cancellation; a second one forces it.</summary>
internal sealed class Signals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _seen;

    public Signals(Action first, Action second)
    {
        foreach (
            var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
        )
        {
            _registrations.Add(
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        context.Cancel = true;
                        if (Interlocked.Increment(ref _seen) == 1)
                        {
                            first();
                        }
                        else
                        {
                            second();
                        }
                    }
                )
            );
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
