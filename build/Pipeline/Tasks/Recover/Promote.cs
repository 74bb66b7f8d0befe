using Cake.Frosting;
using Slipway.Rollouts;

namespace Slipway.Pipeline.Tasks;

[TaskName("Promote")]
[TaskDescription(
    "Ends the stage under way now, or approves the one that waits, by a person's word; --full gives the candidate all traffic"
)]
public sealed class Promote : ControlTask
{
    protected override ControlKind KindOf(Request request) =>
        request.Full ? ControlKind.PromoteFull : ControlKind.PromoteStage;
}
