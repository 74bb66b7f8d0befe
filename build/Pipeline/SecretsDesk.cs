using System.Collections.Immutable;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Secrets;
using Slipway.Tools;

namespace Slipway.Pipeline;

/// <summary>Checks and changes the secrets files of environments for the target Secrets. No value is ever shown.</summary>
public sealed class SecretsDesk(DeploymentContext context)
{
    private readonly EnvironmentVault _vault = new(context.Workbench, context.Host);

    /// <summary>What stands in the way of a deployment, as far as it shows without a key; everything of all environments at once.</summary>
    public async Task CheckAsync(IEnumerable<EnvironmentConfiguration> environments, Action<string> say)
    {
        var problems = new List<string>();
        foreach (var declaration in environments.Select(SecretsDeclaration.Of))
        {
            var report = await new Sops(AgeKeys.None, context.Workbench.Root).CheckAsync(
                declaration,
                context.Cancellation
            );
            say(SecretsSummary.Of(declaration, report));
            problems.AddRange(report.Problems.Select(problem => SecretsSummary.Of(declaration, problem)));
        }
        if (problems.Count > 0)
            throw new PipelineException(
                ExitCode.Usage,
                string.Join('\n', problems),
                next: "./build.sh --target=Secrets --environment=ENV with --set=NAME, --remove=NAME or --rotate; docs/secrets.md"
            );
    }

    public async Task NamesAsync(EnvironmentConfiguration environment)
    {
        foreach (
            var name in await (await ReaderAsync(environment)).ListAsync(
                SecretsDeclaration.Of(environment),
                context.Cancellation
            )
        )
            context.WriteResult(name);
    }

    public async Task ChangeAsync(EnvironmentConfiguration environment, SecretsRequest request)
    {
        var declaration = SecretsDeclaration.Of(environment);
        var editor = new SopsEditor(
            await _vault.KeysAsync(environment, context.Cancellation),
            context.Workbench.Root,
            context.Time,
            context.Workbench.Runner
        );
        context.WriteResult(
            request switch
            {
                { Action: SecretsAction.Init } => await InitAsync(editor, declaration),
                { Action: SecretsAction.Set, Name: { } name } => await SetAsync(editor, declaration, name),
                { Action: SecretsAction.Remove, Name: { } name } => await editor.RemoveAsync(
                    declaration,
                    name,
                    context.Cancellation
                )
                    ? $"{declaration.File}: {name} is taken out"
                    : $"{declaration.File}: {name} was not in it",
                { Action: SecretsAction.Rotate } => await RotateAsync(editor, declaration),
                _ => await EditAsync(environment, declaration),
            }
        );
        await SayWhatIsLeftAsync(declaration);
    }

    private async Task<string> InitAsync(SopsEditor editor, SecretsDeclaration declaration)
    {
        await editor.InitAsync(
            declaration,
            ImmutableSortedDictionary<string, Secret>.Empty,
            context.Request.Force,
            context.Cancellation
        );
        return $"{declaration.File}: new and empty, for {declaration.Recipients.Length} recipients";
    }

    private async Task<string> SetAsync(SopsEditor editor, SecretsDeclaration declaration, string name)
    {
        SecretsDemands.Declared(declaration, name); // before anybody types a value for nothing
        var value = await SecretInput.ReadAsync(context.Host, name, context.Cancellation);
        _vault.Guard(value);
        return await editor.SetAsync(declaration, name, value, context.Cancellation)
            ? $"{declaration.File}: {name} is set"
            : $"{declaration.File}: {name} has this value already";
    }

    private async Task<string> RotateAsync(SopsEditor editor, SecretsDeclaration declaration)
    {
        await editor.RotateAsync(declaration, context.Cancellation);
        return $"{declaration.File}: encrypted anew for {declaration.Recipients.Length} recipients";
    }

    private async Task<string> EditAsync(EnvironmentConfiguration environment, SecretsDeclaration declaration)
    {
        var program = new SopsProgram(await ReaderAsync(environment), context.Workbench.Root);
        var changed = await program.EditAsync(declaration, _vault.KeyBeside(environment), context.Cancellation);
        return $"{declaration.File}: {(changed ? "edited" : "left as it was")}";
    }

    private async Task<Sops> ReaderAsync(EnvironmentConfiguration environment) =>
        new(
            await _vault.KeysAsync(environment, context.Cancellation),
            context.Workbench.Root,
            context.Workbench.Runner
        );

    private async Task SayWhatIsLeftAsync(SecretsDeclaration declaration)
    {
        var left = await new Sops(AgeKeys.None, context.Workbench.Root).CheckAsync(declaration, context.Cancellation);
        foreach (var problem in left.Problems)
            context.WriteResult($"still to do: {SecretsSummary.Of(declaration, problem)}");
    }
}
