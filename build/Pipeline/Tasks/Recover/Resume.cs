using Cake.Frosting;
using Slipway.Rollouts;

namespace Slipway.Pipeline.Tasks;

[TaskName("Resume")]
[TaskDescription("Lets a paused rollout go on")]
public sealed class Resume : ControlTask
{
    protected override ControlKind KindOf(Request request) => ControlKind.Resume;
}
