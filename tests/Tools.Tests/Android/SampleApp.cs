using Slipway.Builds;
using Slipway.Products;
using Slipway.Tools.Tests.Sandbox;
using Slipway.Versions;

namespace Slipway.Tools.Tests.Android;

/// <summary>Builds the sample app of the sandbox for real.</summary>
internal sealed class SampleApp : IDisposable
{
    private readonly LocalCommandRunner _runner = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("slipway-apk-tests-");

    public static ProjectVersion Version { get; } = new("v1.2.3", "", "v1.2.3", 1, 2, 3, null);

    public static ApkSettings Settings { get; } =
        new(
            ["bash", "sandbox/app/build.sh", "{version}", "{versionCode}", "{output}"],
            "world.azora.sample",
            MinSdk: 24,
            TargetSdk: 35,
            MaximumBytes: 1_000_000
        );

    public string KeyFolder => Path.Combine(_folder.FullName, "root", "keys");

    public string At(string name) => Path.Combine(_folder.FullName, name);

    public async Task<string> BuildAsync(string name, ProjectVersion version, string? workingDirectory = null)
    {
        var output = At(name);
        var command = AndroidCommands.Build(
            Settings,
            version,
            AndroidVersionCode.Of(version),
            output,
            workingDirectory ?? Repository.Root
        );
        await _runner.RunAsync(command.With("SLIPWAY_SANDBOX_ROOT", Path.Combine(_folder.FullName, "root")));
        return output;
    }

    /// <summary>Builds a copy of the app whose manifest was changed.</summary>
    public async Task<string> BuildChangedAsync(string name, string text, string replacement)
    {
        var copy = At(name + "-source");
        Copy(Repository.At("sandbox", "app"), Path.Combine(copy, "sandbox", "app"));
        var manifest = Path.Combine(copy, "sandbox", "app", "AndroidManifest.xml");
        var before = await File.ReadAllTextAsync(manifest);
        before.ShouldContain(text);
        await File.WriteAllTextAsync(manifest, before.Replace(text, replacement));
        return await BuildAsync(name, Version, copy);
    }

    public Task<ApkInspection> InspectAsync(string apk) => new Slipway.Tools.Android(_runner).InspectAsync(apk);

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
