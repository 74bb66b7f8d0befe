using System.Runtime.Versioning;

// The sandbox runs on Linux; on Windows the program says so before it starts anything.
[assembly: UnsupportedOSPlatform("windows")]
