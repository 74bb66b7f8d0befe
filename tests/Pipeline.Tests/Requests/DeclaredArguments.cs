using System.Text.RegularExpressions;
using Slipway.Pipeline.Tests.Conventions;

namespace Slipway.Pipeline.Tests.Requests;

/// <summary>The host refuses what is not declared: an argument that is only read could never be given.</summary>
public sealed class DeclaredArguments
{
    [Test]
    public void EveryArgumentThatIsReadIsDeclared()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "build", "Pipeline", "Request.cs"));
        var declared = Request.Arguments.Select(argument => argument.Name).Append("json"); // the host's own
        Regex
            .Matches(source, @"(?:Value|Flag)\(""(?<name>[a-z-]+)""\)", RegexOptions.ExplicitCapture)
            .Select(match => match.Groups["name"].Value)
            .Except(declared, StringComparer.Ordinal)
            .ShouldBeEmpty();
    }
}
