using System.Collections.Immutable;
using System.Reflection;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.Host;

/// <summary>The program around a run: reads the command line, and answers what can be answered without running anything.</summary>
internal sealed class HostProgram(HostOptions options, IServiceCollection services)
{
    private readonly TextWriter _out = options.Surroundings.Out;
    private readonly TextWriter _error = options.Surroundings.Error;

    public int Run(ImmutableArray<string> words)
    {
        var program = options.Arguments ?? [];
        ImmutableArray<ArgumentDeclaration> arguments = [.. program, .. HostArguments.Beside(program)];
        var line = CommandLine.Parse(words, arguments, strict: options.Arguments is not null);
        var redact = Redaction(line, arguments);
        try
        {
            var catalog = TaskCatalog.Read(options.Assemblies, services);
            HoldNamesTo(catalog);
            var (request, problems) = RunRequest.Read(line, catalog, options.Verbosity);
            return Help(line, arguments)
                ?? Refuse(problems, redact)
                ?? List(request, catalog, arguments)
                ?? RefuseNoTarget(request, catalog)
                ?? new HostRun(options, services, catalog, request, arguments, redact).Execute();
        }
        catch (Exception e) when (e is FrostingException or InvalidOperationException)
        {
            _error.WriteLine(redact($"error: {new FailureReader(options.Failures).Read(e).Message}"));
            return 1;
        }
        finally
        {
            _out.Flush();
            _error.Flush();
        }
    }

    /// <summary>A mistyped name would protect nothing.</summary>
    private void HoldNamesTo(TaskCatalog catalog)
    {
        foreach (var (resource, tasks) in options.ExclusiveResources)
        {
            if (tasks.FirstOrDefault(task => catalog.Find(task) is null) is { } unknown)
            {
                throw new FrostingException(
                    $"The exclusive resource {resource} names the task {unknown}, which does not exist."
                );
            }
        }
    }

    /// <summary>The program's redaction, and the values of its secret arguments.</summary>
    private Func<string, string> Redaction(CommandLine line, ImmutableArray<ArgumentDeclaration> arguments)
    {
        var own = options.Redact ?? (static text => text);
        string[] secrets =
        [
            .. arguments
                .Where(argument => argument.Secret)
                .SelectMany(argument => line.List(argument.Name))
                .Where(secret => secret.Length > 0)
                .OrderByDescending(secret => secret.Length),
        ];
        return secrets.Length == 0
            ? own
            : text =>
                own(
                    secrets.Aggregate(
                        text,
                        (redacted, secret) => redacted.Replace(secret, "***", StringComparison.Ordinal)
                    )
                );
    }

    private int? Help(CommandLine line, ImmutableArray<ArgumentDeclaration> arguments)
    {
        if (line.Has("help"))
        {
            _out.Write(HelpText.Of(options, arguments));
            return 0;
        }

        return null;
    }

    private int? Refuse(ImmutableArray<string> problems, Func<string, string> redact)
    {
        if (problems.IsEmpty)
        {
            return null;
        }

        foreach (var problem in problems)
        {
            _error.WriteLine(redact($"error: {problem}"));
        }

        _error.WriteLine(
            $"next: {options.CommandName} --help (arguments), {options.CommandName} --description (targets)"
        );
        return RunRequest.UsageExitCode;
    }

    private int? List(RunRequest request, TaskCatalog catalog, ImmutableArray<ArgumentDeclaration> arguments)
    {
        var line = request.CommandLine;
        string? text =
            line.Has("description") && !request.Json ? DescriptionText.Of(catalog)
            : line.Has("list") && !request.Json
                ? string.Concat(
                    catalog
                        .Tasks.Select(task => task.Name)
                        .Order(StringComparer.OrdinalIgnoreCase)
                        .Select(name => name + "\n")
                )
            : line.Has("list") || line.Has("description") ? ListJson.Of(catalog, arguments) + "\n"
            : line.Has("tree") ? TreeText.Of(catalog, line.List("target"))
            : line.Value("completion") is { } shell
                ? CompletionScript.Of(shell, options.CommandName, catalog, arguments)
            : Own(arguments, "version") && line.Has("version") ? Version(Assembly.GetEntryAssembly()) + "\n"
            : Own(arguments, "info") && line.Has("info") ? Info()
            : line.Has("dryrun") && request.Targets.Length > 0 ? DryRun(request, catalog)
            : null;
        if (text is null)
        {
            return null;
        }

        _out.Write(text);
        return 0;
    }

    private static bool Own(ImmutableArray<ArgumentDeclaration> arguments, string name) =>
        arguments.Any(argument => argument.Name == name && argument.Group == HostArguments.Group);

    private int? RefuseNoTarget(RunRequest request, TaskCatalog catalog)
    {
        if (request.Targets.Length > 0)
        {
            return null;
        }

        _error.WriteLine(
            catalog.Tasks.IsEmpty
                ? "error: this program has no tasks"
                : $"error: no target is given\nnext: {options.CommandName} --target=<task>, one of:"
        );
        _error.Write(DescriptionText.Of(catalog));
        return RunRequest.UsageExitCode;
    }

    private string DryRun(RunRequest request, TaskCatalog catalog)
    {
        var plan = RunPlan.Make(catalog, request.Targets, request.Exclusive, request.Skip);
        var starts = PlanForecast.Of(
            plan,
            options.Durations?.Invoke() ?? ImmutableDictionary<string, double>.Empty,
            options.ExclusiveResources,
            request.Parallel
        );
        return DryRunText.Of(starts, request.Parallel);
    }

    private static string Version(Assembly? assembly) =>
        assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? assembly?.GetName().Version?.ToString()
        ?? "unknown";

    private static string Info() =>
        $"""
            {Assembly.GetEntryAssembly()?.GetName().Name} {Version(Assembly.GetEntryAssembly())}
            Cake.Core {Version(typeof(ICakeLog).Assembly)}
            .NET {Environment.Version}

            """;
}
