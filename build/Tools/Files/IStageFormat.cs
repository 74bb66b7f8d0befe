using Slipway.Runs;

namespace Slipway.Tools;

/// <summary>How stage outputs are text: bound to the domain's serialiser where the program is put together.</summary>
public interface IStageFormat
{
    string Write(StageOutput output);

    /// <exception cref="Outcomes.PipelineException">Damaged, of another schema version, or of another deployment.</exception>
    T Read<T>(string text, string deploymentId)
        where T : StageOutput, IStageFile;
}
