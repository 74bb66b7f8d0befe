using System.Collections.Concurrent;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// Makes the bundle of a service: the context at the commit (never the working tree), prepared in a copy, packed. Services
/// with the same context and preparation share one; several may be built at the same time.
/// </summary>
public sealed class BundleBuilder(ICommandRunner runner, ExportFolder export, string commitSha)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Bundle>>> _made = new(StringComparer.Ordinal);

    /// <param name="folder">Where <c>&lt;service&gt;.tar</c> goes.</param>
    /// <exception cref="CommandFailedException">No such context at the commit, or the preparation failed.</exception>
    public async Task<Bundle> BuildAsync(
        BundleRequest request,
        string folder,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        if (request.Service.Length == 0 || !request.Service.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new PipelineException(
                ExitCode.Usage,
                $"«{request.Service}» cannot name a bundle",
                "a service name of letters, digits, - and _"
            );
        var target = Path.Combine(Path.GetFullPath(folder), $"{request.Service}.tar");
        Directory.CreateDirectory(folder);
        var key = string.Join('\0', [request.Context, .. request.Prepare]);
        var shared = _made.GetOrAdd(key, _ => new(() => MakeAsync(request, target, onLine, cancellation)));
        try
        {
            var made = await shared.Value;
            if (made.Path != target)
                File.Copy(made.Path, target, overwrite: true);
            return made with { Service = request.Service, Path = target };
        }
        catch
        {
            _made.TryRemove(KeyValuePair.Create(key, shared)); // the next call tries again
            throw;
        }
    }

    private async Task<Bundle> MakeAsync(
        BundleRequest request,
        string target,
        Action<OutputLine>? onLine,
        CancellationToken cancellation
    )
    {
        var work = Directory.CreateTempSubdirectory("slipway-bundle-").FullName;
        try
        {
            var source = Path.Combine(work, "source.tar");
            var context = Path.Combine(work, "context");
            Directory.CreateDirectory(context);
            await export(commitSha, request.Context, source, cancellation);
            await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(
                source,
                context,
                overwriteFiles: false,
                cancellation
            );
            if (request.Prepare is [var program, .. var arguments])
                await runner.RunAsync(
                    new Command(program, [.. arguments]) { WorkingDirectory = context },
                    onLine,
                    cancellation
                );
            var temporary = target + ".new";
            var digest = await BundleArchive.PackAsync(context, temporary, cancellation);
            File.Move(temporary, target, overwrite: true);
            return new Bundle(request.Service, target, digest, new FileInfo(target).Length);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
