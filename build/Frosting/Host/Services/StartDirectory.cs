using Cake.Core.IO;

namespace Slipway.Host;

/// <summary>The folder that the program asked to run in. Set once, before anything runs.</summary>
internal sealed record StartDirectory(DirectoryPath Path);

/// <summary>A setting of Cake that the program fixed in code.</summary>
internal sealed record CakeSetting(string Key, string Value);
