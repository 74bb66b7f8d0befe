using System.Text.Json;
using Slipway.Outcomes;
using Slipway.Versions;

namespace Slipway.Deployment.Tests.Versions;

public class ParsingAVersion
{
    [TestCase("v1.2.3", "", "v1.2.3", 1, 2, 3, null)]
    [TestCase("v0.0.0", "", "v0.0.0", 0, 0, 0, null)]
    [TestCase("v2.0.0-rc1", "", "v2.0.0-rc1", 2, 0, 0, "rc1")]
    [TestCase("api/v1.2.3-beta.1", "api", "v1.2.3-beta.1", 1, 2, 3, "beta.1")]
    [TestCase("apps/mobile_2/v10.20.30", "apps/mobile_2", "v10.20.30", 10, 20, 30, null)]
    [TestCase("v1.0.0-0.3.7", "", "v1.0.0-0.3.7", 1, 0, 0, "0.3.7")]
    [TestCase("v1.0.0-x-y-z.--", "", "v1.0.0-x-y-z.--", 1, 0, 0, "x-y-z.--")]
    [TestCase("v1.0.0-99999999999999999999", "", "v1.0.0-99999999999999999999", 1, 0, 0, "99999999999999999999")]
    [TestCase("v2147483647.0.0", "", "v2147483647.0.0", int.MaxValue, 0, 0, null)]
    public void Takes_apart(
        string text,
        string path,
        string semver,
        int major,
        int minor,
        int patch,
        string? prerelease
    )
    {
        var version = ProjectVersion.Parse(text);

        version.ShouldBe(new ProjectVersion(text, path, semver, major, minor, patch, prerelease));
        version.ToString().ShouldBe(text);
        version.Number.ShouldBe(semver[1..]);
    }

    [TestCase("", "empty")]
    [TestCase("1.2.3", "preceded by v")]
    [TestCase("v1.2", "three numbers")]
    [TestCase("v1.2.3.4", "three numbers")]
    [TestCase("v1.2.x", "digits only")]
    [TestCase("v1.2.+3", "build metadata")]
    [TestCase("v1.2.3+build", "build metadata")]
    [TestCase("v1.2.٣", "digits only")]
    [TestCase("v01.2.3", "leading zero")]
    [TestCase("v1.2.03", "leading zero")]
    [TestCase("v1.2.3-01", "leading zero")]
    [TestCase("v1.2.3-", "empty part")]
    [TestCase("v1.2.3-a..b", "empty part")]
    [TestCase("v1.2.2147483648", "larger than")]
    [TestCase("v99999999999999999999999.0.0", "larger than")]
    [TestCase("v1.2.3;id", "digits only")]
    [TestCase("v1.2.3-rc;id", "letters, digits")]
    [TestCase("v1.2.3-$(id)", "letters, digits")]
    [TestCase("v1.2.3\n", "digits only")]
    [TestCase("v1.2.3 ", "digits only")]
    [TestCase("V1.2.3", "vMAJOR.MINOR.PATCH")]
    [TestCase("../x/v1.0.0", "'..'")]
    [TestCase("a/../b/v1.0.0", "'..'")]
    [TestCase("/v1.0.0", "starts with a slash")]
    [TestCase("/api/v1.0.0", "starts or ends with a slash")]
    [TestCase("api//v1.0.0", "starts or ends with a slash")]
    [TestCase("a//b/v1.0.0", "empty part")]
    [TestCase("a b/v1.0.0", "only letters")]
    [TestCase("a\\b/v1.0.0", "only letters")]
    [TestCase("api~1/v1.0.0", "only letters")]
    [TestCase("-api/v1.0.0", "starts with '.' or '-'")]
    [TestCase(".git/v1.0.0", "starts with '.' or '-'")]
    [TestCase("api.lock/v1.0.0", ".lock")]
    [TestCase("v1.0.0-rc.lock", ".lock")]
    [TestCase("v1.0.0/v2.0.0", "a version itself")]
    [TestCase("v1.2.3-stable", "state tag")]
    [TestCase("v1.2.3-Unstable", "state tag")]
    [TestCase("api/v1.2.3-deprecated", "state tag")]
    [TestCase("v1.2.3-beta.1-stable", "state tag")]
    [TestCase("v1.2.3-deprecated.2", "state tag")]
    public void Refuses_and_says_why(string text, string why)
    {
        ProjectVersion.TryParse(text, out var version, out var error).ShouldBeFalse();

        version.ShouldBeNull();
        error.ShouldNotBeNull().ShouldContain(why);
    }

    [Test]
    public void Refuses_nothing_at_all() => ProjectVersion.TryParse(null, out _, out _).ShouldBeFalse();

    [Test]
    public void Refuses_a_megabyte_quickly_and_does_not_repeat_it()
    {
        var error = Should.Throw<PipelineException>(() => ProjectVersion.Parse("v1.0.0-" + new string('a', 1_000_000)));

        error.ExitCode.ShouldBe(ExitCode.Usage);
        error.Message.Length.ShouldBeLessThan(300);
        error.Expected.ShouldBe(ProjectVersion.Grammar);
    }

    [Test]
    public void Shows_control_characters_as_what_they_are()
    {
        var error = Should.Throw<PipelineException>(() =>
            ProjectVersion.Parse("v1.0.0\n::set-output\u001b[31m\"\u202e")
        );

        error.Message.ShouldStartWith("\"v1.0.0\\u000a::set-output\\u001b[31m\\\"\\u202e\" is not a version");
    }

    [Test]
    public void Round_trips_as_json_with_all_its_parts()
    {
        var json = JsonSerializer.Serialize(ProjectVersion.Parse("api/v1.2.3-beta.1"));

        json.ShouldBe(
            """{"fullVersion":"api/v1.2.3-beta.1","subProjectPath":"api","semver":"v1.2.3-beta.1","major":1,"minor":2,"patch":3,"prerelease":"beta.1"}"""
        );
        JsonSerializer.Deserialize<ProjectVersion>(json).ShouldBe(ProjectVersion.Parse("api/v1.2.3-beta.1"));
    }

    [TestCase("""{"fullVersion":"v1.2.3;id"}""")]
    [TestCase("""{"semver":"v1.2.3"}""")]
    [TestCase("\"v1.2.3\"")]
    public void Json_that_holds_no_version_is_refused(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<ProjectVersion>(json));

    [Test]
    public void Json_parts_that_disagree_do_not_count() =>
        JsonSerializer
            .Deserialize<ProjectVersion>("""{"fullVersion":"v1.2.3","major":9}""")
            .ShouldBe(ProjectVersion.Parse("v1.2.3"));
}
