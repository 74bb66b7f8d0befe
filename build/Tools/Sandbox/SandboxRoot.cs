using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>
/// The folder of one checkout's sandbox: data, keys, logs, sockets. Outside the checkout, because the database server
/// runs as another user who must get through every folder above its data, and because a socket's path must be short.
/// </summary>
public sealed partial record SandboxRoot
{
    public const string Variable = "SLIPWAY_SANDBOX_ROOT";

    /// <summary>Others may pass through to what they know of, and see no list.</summary>
    private const UnixFileMode Passage =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    private const int LongestPath = 70;

    private SandboxRoot(string path) => Location = path;

    public string Location { get; }

    /// <summary><c>/var/tmp/slipway-&lt;user&gt;-&lt;12 hex digits of the checkout's path&gt;</c>, or what the variable says.</summary>
    public static string PathFor(string checkout, string user, string? overridden)
    {
        if (!string.IsNullOrWhiteSpace(overridden))
        {
            return
                overridden.Length <= LongestPath
                && overridden.StartsWith('/')
                && overridden.TrimEnd('/').Length > 1
                && Path.GetFullPath(overridden).TrimEnd('/') == overridden.TrimEnd('/')
                && overridden.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or '@')
                ? overridden.TrimEnd('/')
                : throw new PipelineException(
                    ExitCode.Usage,
                    $"{Variable}: \"{new string([.. overridden.Take(100).Select(c => char.IsControl(c) ? '?' : c)])}\" cannot be the sandbox's folder",
                    $"an absolute path without . and .., of letters, digits and / . _ - + @, at most {LongestPath} characters"
                );
        }
        var name = new string([.. user.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(24)]);
        var place = Path.GetFullPath(checkout).TrimEnd('/');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)))[..12];
        return $"/var/tmp/slipway-{name}-{hash}";
    }

    /// <summary>Makes the folder when it is missing; refuses one that another user made or that leads elsewhere.</summary>
    public static SandboxRoot Open(string checkout, string user, string? overridden)
    {
        var path = PathFor(checkout, user, overridden);
        if (OperatingSystem.IsWindows())
        {
            throw new PipelineException(
                ExitCode.Usage,
                "the sandbox does not run on Windows",
                "Linux, also as WSL, or another environment",
                "wsl ./build.sh --target=Deploy"
            );
        }
        Directory.CreateDirectory(path, Passage);
        // Looked at after it was made: in a folder that everybody may write to, another user can be quicker.
        if (new DirectoryInfo(path).LinkTarget is { } target)
            throw Refused($"{path} leads to {target}");
        if (OwnerOf(path) is { } owner && owner != EffectiveUser())
            throw Refused($"{path} belongs to user {owner.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            File.SetUnixFileMode(path, Passage);
        }
        catch (UnauthorizedAccessException)
        {
            throw Refused($"{path} belongs to another user");
        }
        return new(path);
    }

    private static PipelineException Refused(string why) =>
        new(
            $"the sandbox's folder cannot be used: {why}",
            "a folder of your own, or none yet",
            $"{Variable}=/var/tmp/<another> ./build.sh …"
        );

    /// <summary>Null where the kernel does not answer (not Linux); then only its owner may set the folder's mode.</summary>
    private static unsafe uint? OwnerOf(string path)
    {
        const int currentFolder = -100;
        const int noFollow = 0x100;
        const uint owner = 0x8;
        const int ownerOffset = 20;
        var answer = stackalloc byte[256];
        try
        {
            return Statx(currentFolder, path, noFollow, owner, answer) == 0 ? *(uint*)(answer + ownerOffset) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* answer);

    /// <summary><c>uid:gid</c> of this process, for containers that write into the sandbox's folder.</summary>
    public static string UserAndGroup() =>
        $"{EffectiveUser().ToString(CultureInfo.InvariantCulture)}:{EffectiveGroup().ToString(CultureInfo.InvariantCulture)}";

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint EffectiveGroup();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
