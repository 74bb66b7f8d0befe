using System.Collections.Immutable;

namespace Slipway.Tools;

/// <summary>What is to be bundled.</summary>
/// <param name="Context">Folder of the repository; it becomes the bundle's root.</param>
/// <param name="Prepare">argv that runs in a copy of the context, e.g. <c>npm ci</c>; empty for none.</param>
public sealed record BundleRequest(string Service, string Context, ImmutableArray<string> Prepare);

/// <param name="Path">Absolute path of the tar file.</param>
/// <param name="Digest"><c>sha256:</c> and 64 hex digits of the file. The same content gives the same digest, anywhere.</param>
public sealed record Bundle(string Service, string Path, string Digest, long Bytes);

/// <summary>Writes a folder of a commit as a tar file (git does; bound where the program is put together).</summary>
public delegate Task ExportFolder(string commitSha, string folder, string tarFile, CancellationToken cancellation);
