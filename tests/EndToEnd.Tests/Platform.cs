using System.Runtime.Versioning;

// The sandbox runs on Linux; on Windows the program says so before it starts anything.
[assembly: UnsupportedOSPlatform("windows")]

// Each fixture has a checkout and a sandbox of its own, and waits most of the time: for stages, health and windows.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]
