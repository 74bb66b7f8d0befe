using System.Runtime.Versioning;
using Cake.Core;
using Cake.Core.IO;

namespace Slipway.Host;

/// <summary>
/// Cake's environment, but a task cannot change the working directory: it belongs to the process, so the tasks that run
/// at the same time would find themselves in another folder.
/// </summary>
internal sealed class HostEnvironment(CakeEnvironment inner) : ICakeEnvironment
{
    public DirectoryPath WorkingDirectory
    {
        get => inner.WorkingDirectory;
        set
        {
            if (TaskOutput.Current is { IsTask: true } task)
            {
                throw new InvalidOperationException(
                    $"{task.Name} tried to change the working directory to {value?.FullPath}: it belongs to the whole process, and other tasks run in it. Give the command its own folder (ProcessSettings.WorkingDirectory)."
                );
            }

            inner.WorkingDirectory = value;
        }
    }

    public DirectoryPath ApplicationRoot => inner.ApplicationRoot;

    public ICakePlatform Platform => inner.Platform;

    public ICakeRuntime Runtime => inner.Runtime;

    public DirectoryPath UserHomeDirectory => inner.UserHomeDirectory;

    public DirectoryPath GetSpecialPath(SpecialPath path) => inner.GetSpecialPath(path);

    public string? GetEnvironmentVariable(string variable) => inner.GetEnvironmentVariable(variable);

    public IDictionary<string, string?> GetEnvironmentVariables() => inner.GetEnvironmentVariables();
}
