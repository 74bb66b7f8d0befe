using Slipway.Outcomes;

namespace Slipway.Rollouts;

/// <summary>Sets weights and believes only what the router says afterwards.</summary>
internal sealed class TrafficShift(RolloutPlan plan, RolloutPorts ports)
{
    private const int Attempts = 3;

    /// <summary>Percent; routers round weights.</summary>
    private const double Tolerance = 1.5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private readonly Patience patience = new(ports.Time);

    public Task SetAsync(int percent, CancellationToken cancellation) =>
        RepeatAsync(
            $"the router did not take the weight of {percent} %",
            async token =>
            {
                await ports.Router.SetCandidateShareAsync(percent, token);
                await ConfirmAsync(percent, token);
                return true;
            },
            cancellation
        );

    /// <exception cref="PipelineException">The router gives a service another share.</exception>
    public async Task ConfirmAsync(int percent, CancellationToken cancellation)
    {
        var state = await ports.Router.ReadAsync(cancellation);
        // A service that only the candidate has is all its own from the first weight on, and must be nobody's at 0 %.
        foreach (var service in percent == 0 ? state.Services : state.Split)
        {
            if (Math.Abs(service.CandidateShare - percent) > Tolerance)
            {
                throw new PipelineException(
                    $"{service.Service}: the router gives the candidate {service.CandidateShare:0.#} %",
                    $"{percent} %"
                );
            }
        }
    }

    /// <summary>
    /// Makes the candidate the stable version. A switch that failed halfway may have happened, and a second one would
    /// undo it: who serves is asked before it is tried again.
    /// </summary>
    public Task SwapAsync(CancellationToken cancellation) =>
        RepeatAsync(
            "the router did not make the candidate the stable version",
            async token =>
            {
                if (!await ServesAsync(token))
                    await ports.Router.SwapAsync(token);
                return await ServesAsync(token);
            },
            cancellation
        );

    /// <summary>Whether the candidate is the stable version by now; null when nobody says.</summary>
    public async Task<bool?> TryServesAsync()
    {
        try
        {
            return await patience.WithinAsync<bool?>(
                CallLimit,
                null,
                async token => await ServesAsync(token),
                CancellationToken.None
            );
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private async Task<bool> ServesAsync(CancellationToken cancellation) =>
        (await ports.Workload.ReadAsync(Arm.Stable, cancellation)).DeploymentId == plan.Candidate.DeploymentId;

    private async Task RepeatAsync(
        string failure,
        Func<CancellationToken, Task<bool>> call,
        CancellationToken cancellation
    )
    {
        PipelineException? last = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                if (await patience.WithinAsync(CallLimit, false, call, cancellation))
                    return;
            }
            catch (PipelineException error)
            {
                last = error;
            }
            if (attempt < Attempts)
                await Task.Delay(Pause, ports.Time, cancellation);
        }
        throw new PipelineException(
            $"{failure} ({Attempts} attempts){(last is null ? "" : $": {last.Message}")}",
            last?.Expected ?? "a router that answers",
            "./build.sh --target=Status",
            last
        );
    }
}
