using Cake.Frosting;
using Slipway.Rollouts;

namespace Slipway.Pipeline.Tasks;

[TaskName("Pause")]
[TaskDescription("Lets the rollout under way stand at its weight until Resume; it goes on being judged")]
public sealed class Pause : ControlTask
{
    protected override ControlKind KindOf(Request request) => ControlKind.Pause;
}
