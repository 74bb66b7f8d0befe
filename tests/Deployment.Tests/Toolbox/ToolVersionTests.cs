using Slipway.Toolbox;

namespace Slipway.Deployment.Tests;

public class ToolVersionTests
{
    [TestCase("git version 2.39.5", "2.39.5")]
    [TestCase("git version 2.39.5 (Apple Git-154)", "2.39.5")]
    [TestCase("v20.20.2", "20.20.2")]
    [TestCase("Terraform v1.11.4\non linux_amd64", "1.11.4")]
    [TestCase("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18")]
    [TestCase("postgres (PostgreSQL) 17rc1", null)]
    [TestCase("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/", "2.6.12")]
    [TestCase("openjdk version \"17.0.15\" 2025-04-15", "17.0.15")]
    [TestCase("openjdk version \"21\" 2023-09-19", "21.0")]
    [TestCase("ShellCheck - shell script analysis tool\nversion: 0.9.0", "0.9.0")]
    [TestCase("Docker version 28.2.2, build e6534b4", "28.2.2")]
    [TestCase("Docker version 20.10.24+dfsg1, build 297e128", "20.10.24")]
    [TestCase("15", "15.0")]
    [TestCase("no number", null)]
    [TestCase("", null)]
    [TestCase("99999999999999999999.1.1", null)]
    public void IsFoundInWhatProgramsPrint(string text, string? version)
    {
        ToolVersion.Find(text)?.ToString().ShouldBe(version);
    }
}
