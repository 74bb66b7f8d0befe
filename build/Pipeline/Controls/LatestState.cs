using System.Threading.Channels;
using Slipway.Rollouts;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>
/// Writes the state of a rollout beside it: the rollout never waits for the disk, and a state that is overtaken is left
/// out. A disk that refuses takes the view from other terminals, not the rollout from its users.
/// </summary>
public sealed class LatestState : IAsyncDisposable
{
    private readonly Channel<RolloutState> _states = Channel.CreateBounded<RolloutState>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );
    private readonly Task _writing;

    public LatestState(RolloutStateFile file, Action<string> warn) =>
        _writing = Task.Run(() => WriteAllAsync(file, warn));

    public void Write(RolloutState state) => _states.Writer.TryWrite(state);

    /// <summary>Returns once the last state is in the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _states.Writer.Complete();
        await _writing;
    }

    private async Task WriteAllAsync(RolloutStateFile file, Action<string> warn)
    {
        var isRefused = false;
        await foreach (var state in _states.Reader.ReadAllAsync())
            try
            {
                await file.WriteAsync(state, CancellationToken.None);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                if (!isRefused)
                    warn($"Status and the controls cannot follow this rollout: {refused.Message}");
                isRefused = true;
            }
    }
}
