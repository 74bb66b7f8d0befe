using Cake.Core.IO;
using Cake.Frosting;

namespace Slipway.Frosting.Tests.Running;

[NonParallelizable]
internal sealed class TheWorkingDirectory
{
    [Test]
    public void Cannot_be_changed_by_a_task_through_Cake()
    {
        using var host = HostUnderTest
            .With(typeof(X))
            .Doing("X", context => context.Environment.WorkingDirectory = "/");
        host.Run("--target=X").ShouldBe(1);
        host.Out.ShouldContain("X tried to change the working directory to /");
    }

    [Test]
    public void Is_put_back_after_a_task_that_changed_it_behind_Cake()
    {
        var before = Environment.CurrentDirectory;
        using var host = HostUnderTest.With(typeof(X)).Doing("X", _ => Environment.CurrentDirectory = "/");
        host.Run("--target=X").ShouldBe(0);
        Environment.CurrentDirectory.ShouldBe(before);
        host.Out.ShouldContain("the working directory had been changed to / while X ran; it is put back");
    }

    [Test]
    public void Is_the_one_that_the_program_or_the_command_line_names()
    {
        var before = Environment.CurrentDirectory;
        try
        {
            using var host = HostUnderTest
                .With(typeof(X))
                .Using(host => host.UseWorkingDirectory(new DirectoryPath("/usr")))
                .Doing("X", context => Console.WriteLine(context.Environment.WorkingDirectory.FullPath));
            host.Run("--target=X").ShouldBe(0);
            host.Out.ShouldStartWith("/usr\n");
            host.Run("--target=X", "--working=/usr/lib").ShouldBe(0);
            host.Out.ShouldContain("/usr/lib\n");
            host.Run("--target=X", "--working=/no/such").ShouldBe(2);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
