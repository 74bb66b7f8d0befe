using System.Runtime.Versioning;

// The sandbox's cloud is bash, PostgreSQL and HAProxy on a Unix.
[assembly: UnsupportedOSPlatform("windows")]
