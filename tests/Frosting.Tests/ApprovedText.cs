namespace Slipway.Frosting.Tests;

/// <summary>Texts that a reviewer has approved: a change of them shows in the review of the change that made it.</summary>
internal static class ApprovedText
{
    public static void ShouldBeApproved(this string actual, string name)
    {
        var file = Path.Combine(TestContext.CurrentContext.TestDirectory, "Approved", $"{name}.txt");
        var approved = File.Exists(file) ? File.ReadAllText(file) : "";
        if (actual != approved)
        {
            Assert.Fail($"If this is meant, it becomes tests/Frosting.Tests/Approved/{name}.txt:\n{actual}");
        }
    }
}
