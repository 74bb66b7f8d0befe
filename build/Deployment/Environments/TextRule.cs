using System.Text.RegularExpressions;
using Slipway.Versions;

namespace Slipway.Environments;

/// <summary>What a text of the configuration must be.</summary>
/// <param name="Expected">For the message: <c>expected …</c>.</param>
internal sealed record TextRule(string Expected, Func<string, bool> Holds)
{
    /// <summary>Whether somebody may have put a secret there by mistake: then a message does not repeat it.</summary>
    public bool IsQuiet { get; init; }

    public static TextRule Any { get; } = new("text that is not empty", text => text.Trim().Length > 0);

    public static TextRule EnvironmentName { get; } =
        Pattern("a name like \"staging\" ([a-z][a-z0-9-]*)", "[a-z][a-z0-9-]*");

    public static TextRule RegionName { get; } =
        Pattern("a region like \"us-east\" ([a-z]{2}-[a-z]+)", "[a-z]{2}-[a-z]+");

    public static TextRule ServiceName { get; } =
        Pattern("a name like \"api_gateway\" ([a-z][a-z0-9_-]*)", "[a-z][a-z0-9_-]*");

    public static TextRule CloudName { get; } = Pattern("a cloud like \"aws\"", "[a-z][a-z0-9-]*");

    public static TextRule CloudRegion { get; } =
        Pattern("a region of that cloud like \"us-east-1\"", "[a-z][a-z0-9-]*");

    public static TextRule LayerName { get; } = Pattern("the name of a folder under terraform/", "[a-z0-9][a-z0-9_-]*");

    public static TextRule Workspace { get; } =
        Pattern("a workspace name like \"production\"", "[A-Za-z0-9][A-Za-z0-9_-]*");

    public static TextRule SecretName { get; } =
        Pattern("a name like \"PROD_DATABASE_URL\" ([A-Z][A-Z0-9_]*)", "[A-Z][A-Z0-9_]*") with
        {
            IsQuiet = true,
        };

    public static TextRule Identifier { get; } =
        Pattern("a name like \"database_url\" ([A-Za-z_][A-Za-z0-9_-]*)", "[A-Za-z_][A-Za-z0-9_-]*");

    public static TextRule AgeRecipient { get; } =
        Pattern("an age recipient (age1…)", "age1[a-z0-9]{50,4000}") with
        {
            IsQuiet = true,
        };

    public static TextRule Sha256 { get; } = Pattern("64 lower-case hex digits", "[0-9a-f]{64}");

    public static TextRule PackageId { get; } =
        Pattern("a package id like \"world.azora.sample\"", "[a-zA-Z][a-zA-Z0-9_]*(\\.[a-zA-Z][a-zA-Z0-9_]*)+");

    public static TextRule Repository { get; } =
        Pattern("owner/name of a GitHub repository", "[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}");

    public static TextRule Registry { get; } =
        Pattern(
            "a registry like \"127.0.0.1:5000\" or \"docker.io/azora\", without https://",
            "[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._-]+)*"
        );

    public static TextRule Mail { get; } = Pattern("a mail address", "[^@\\s<>\",;]+@[A-Za-z0-9.-]+");

    public static TextRule HttpMethod { get; } = Pattern("GET, HEAD or POST", "GET|HEAD|POST");

    public static TextRule UrlPath { get; } =
        Pattern(
            "a path that starts with \"/\", without spaces, \"..\", query and fragment",
            "/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*",
            ".."
        );

    public static TextRule Branch { get; } =
        Pattern("a branch name or pattern like \"release/*\"", "[A-Za-z0-9*][A-Za-z0-9._/*-]*", "..", "//");

    public static TextRule Header { get; } = Pattern("the name of a cookie or header", "[A-Za-z0-9][A-Za-z0-9_-]*");

    public static TextRule MetricLabel { get; } =
        Pattern("a label of Prometheus like \"slot\" ([a-zA-Z_][a-zA-Z0-9_]*)", "[a-zA-Z_][a-zA-Z0-9_]*");

    /// <summary>Whether it is right PromQL only Prometheus can say; that the arms are in it is seen here.</summary>
    public static TextRule PromQl { get; } =
        new(
            "a PromQL expression with $arms or $arm, without line breaks",
            text =>
                text.Length <= 4096
                && !text.Any(char.IsControl)
                && text.Contains("$arm", StringComparison.Ordinal)
                // An open comment would swallow what Slipway puts behind it.
                && !text.Contains('#', StringComparison.Ordinal)
        );

    public static TextRule LoadBalancer { get; } =
        Pattern(
            "the last part of its ARN like \"app/azora/50dc6c495c0c9188\"",
            "(app|net|gwy)/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}"
        );

    public static TextRule TargetGroup { get; } =
        Pattern(
            "the last part of its ARN like \"targetgroup/web-blue/943f017f100becff\"",
            "targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}"
        );

    public static TextRule MetricNamespace { get; } =
        Pattern("a namespace like \"AWS/ApplicationELB\"", "[A-Za-z0-9._/#:-]{1,255}");

    public static TextRule MetricDimension { get; } =
        new(
            "1 to 255 printable ASCII characters, not beginning with \":\"",
            text => text.Length is > 0 and <= 255 && text[0] != ':' && text.All(c => c is >= ' ' and <= '~')
        );

    public static TextRule BackupStore { get; } = new("\"file:<folder>\" or \"s3://<bucket>/<prefix>\"", IsStore);

    public static TextRule KmsKey { get; } = Pattern("a key's id, alias or ARN", "[A-Za-z0-9][A-Za-z0-9:/_-]{0,2047}");

    /// <summary>A setting of a Terraform backend.</summary>
    public static TextRule BackendSetting { get; } = Any with { IsQuiet = true };

    /// <summary>A path below the repository, of a file or a folder.</summary>
    public static TextRule RelativePath { get; } =
        new("a path inside the repository, with forward slashes and without \"..\"", IsInside);

    public static TextRule SubProject { get; } =
        new(
            $"a sub-project path ({SubProjectPaths.Grammar}) or \"\" for the root",
            text => SubProjectPaths.Refusal(text) is null
        );

    private static TextRule Pattern(string expected, string pattern, params string[] without)
    {
        // Made when first asked: most runs read few of them, and each costs start-up time.
        var regex = new Lazy<Regex>(() =>
            new Regex($"^(?:{pattern})\\z", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
        );
        return new(
            expected,
            text =>
                text.Length <= 4096
                && regex.Value.IsMatch(text)
                && !without.Any(part => text.Contains(part, StringComparison.Ordinal))
        );
    }

    private static bool IsInside(string path) =>
        path.Length is > 0 and <= 255
        && !path.StartsWith('/')
        && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Contains(':', StringComparison.Ordinal)
        && !path.Any(char.IsControl)
        && path.Split('/').All(part => part.Length > 0 && part is not ("." or ".."));

    private static bool IsStore(string store) =>
        store.StartsWith("file:", StringComparison.Ordinal)
            ? IsInside(store["file:".Length..])
            : store.StartsWith("s3://", StringComparison.Ordinal)
                && store["s3://".Length..].Split('/') is [{ Length: >= 3 and <= 63 } bucket, .. var prefix]
                && bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
                && prefix.All(part =>
                    part is not ("" or "." or "..")
                    && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
                );
}
