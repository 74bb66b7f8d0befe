using System.Security.Cryptography;
using Slipway.Outcomes;
using Slipway.Toolbox;

namespace Slipway.Tools;

/// <summary>Carries out what Bootstrap decided.</summary>
public sealed class ToolInstaller(ICommandRunner runner, string repository, TimeProvider time)
{
    private static readonly TimeSpan DownloadLimit = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly string _source = Path.Combine(Path.GetFullPath(repository), "build", "npm");
    private readonly string _target = Path.Combine(Path.GetFullPath(repository), ".slipway", "npm");

    private string Stamp => Path.Combine(_target, ".installed");

    /// <exception cref="CommandFailedException">A package manager failed.</exception>
    public async Task InstallAsync(InstallPlan plan, Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        foreach (var argv in plan.Commands)
            await runner.RunAsync(new Command(argv[0], argv[1..]) { Timeout = DownloadLimit }, onLine, cancellation);
        if (plan.Npm)
            await InstallNpmAsync(onLine, cancellation);
    }

    /// <summary>
    /// Installs exactly what the lock file pins into the repository's own folder. False when that was there already:
    /// a second call costs a hash.
    /// </summary>
    public async Task<bool> InstallNpmAsync(Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_target);
        await using var held = await HoldAsync(cancellation);
        var wanted = await FingerprintAsync(cancellation);
        if (File.Exists(Stamp) && await File.ReadAllTextAsync(Stamp, cancellation) == wanted)
            return false;
        File.Delete(Stamp);
        foreach (var name in new[] { "package.json", "package-lock.json" })
        {
            // Replaced, not written over: the file may be a hard link that another checkout shares.
            var temporary = Path.Combine(_target, name + ".new");
            File.Copy(Path.Combine(_source, name), temporary, overwrite: true);
            File.Move(temporary, Path.Combine(_target, name), overwrite: true);
        }
        await RunNpmAsync(onLine, cancellation);
        await File.WriteAllTextAsync(Stamp, wanted, CancellationToken.None);
        return true;
    }

    /// <summary>
    /// <c>npm ci</c>; where it refuses because the lock file lacks packages of other platforms (it was made where the
    /// registry does not have them), a plain install, held against the lock file afterwards.
    /// </summary>
    private async Task RunNpmAsync(Action<OutputLine>? onLine, CancellationToken cancellation)
    {
        Command Npm(string verb, params string[] options) =>
            Command
                .Of("npm", [verb, .. options, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
                .In(_target) with
            {
                Timeout = DownloadLimit,
            };
        try
        {
            await runner.RunAsync(Npm("ci"), onLine, cancellation);
            return;
        }
        catch (CommandFailedException failure)
            when (failure.Result.Error.Contains("EUSAGE", StringComparison.Ordinal)
                && failure.Result.Error.Contains("from lock file", StringComparison.Ordinal)
            )
        {
            await runner.RunAsync(Npm("install", "--no-save"), onLine, cancellation);
        }
        var differences = NpmLock.Differences(
            await File.ReadAllTextAsync(Path.Combine(_source, "package-lock.json"), cancellation),
            await File.ReadAllTextAsync(Path.Combine(_target, "node_modules", ".package-lock.json"), cancellation)
        );
        if (!differences.IsEmpty)
            throw new PipelineException(
                $"npm installed what is not pinned: {string.Join(", ", differences)}",
                "the packages of build/npm/package-lock.json",
                "cd build/npm && npm install --package-lock-only, then look at the difference"
            );
    }

    /// <summary>Two runs in one checkout do not install at the same time.</summary>
    private async Task<FileStream> HoldAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(
                    Path.Combine(_target, ".lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
            }
            catch (IOException) when (time.GetElapsedTime(started) < DownloadLimit)
            {
                await Task.Delay(Look, time, cancellation);
            }
        }
    }

    private async Task<string> FingerprintAsync(CancellationToken cancellation)
    {
        var parts = new List<string>();
        foreach (var name in new[] { "package.json", "package-lock.json" })
        {
            var path = Path.Combine(_source, name);
            if (!File.Exists(path))
                throw new PipelineException(
                    $"{path} is missing",
                    "the file that pins the tools from npm",
                    "git checkout -- build/npm"
                );
            parts.Add(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, cancellation))));
        }
        return string.Join('\n', parts);
    }
}
