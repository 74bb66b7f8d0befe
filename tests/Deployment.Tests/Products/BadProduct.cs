using Slipway.Deployment.Tests.Environments;

namespace Slipway.Deployment.Tests.Products;

public class BadProduct
{
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "qa", "subProjects": [{ "path": "" }] }""",
        "defaultEnvironment: is \"qa\", which has no folder, expected one of dev"
    )]
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "dev", "subProjects": [] }""",
        "subProjects: is empty, expected at least one sub-project"
    )]
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "dev" }""",
        "subProjects: is missing, expected a list with at least one sub-project"
    )]
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "dev", "subProjects": [{ "path": "../x" }] }""",
        "subProjects[0].path: is \"../x\", expected a sub-project path (folder names of letters, digits, '.', '_' and '-' joined by '/', e.g. apps/mobile) or \"\" for the root"
    )]
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "dev", "subProjects": [{ "path": "a" }, { "path": "a" }] }""",
        "subProjects[1].path: \"a\" is also the path of subProjects[0], expected each path once"
    )]
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "dev", "subProjects": [{ "path": "" }], "optionalStages": ["Bakcup"] }""",
        "optionalStages[0]: is \"Bakcup\", expected a stage like \"Backup\""
    )]
    [TestCase(
        """{ "name": "x", "defaultEnvironment": "dev", "repository": "https://github.com/a/b", "subProjects": [{ "path": "" }] }""",
        "repository: is \"https://github.com/a/b\", expected owner/name of a GitHub repository"
    )]
    public void Gives(string text, string error) =>
        SampleTree.ErrorsOf(SampleTree.Small.With("slipway.json", text)).ShouldContain($"slipway.json: {error}");

    [TestCase(
        """{ "service": "api", "context": "a", "dockerfile": "a/Dockerfile" }""",
        "subProjects[0].images[0].service: \"api\" is no service of dev, expected a service of every environment (dev has web)"
    )]
    [TestCase(
        """{ "service": "api", "context": "a", "dockerfile": "a/Dockerfile" }""",
        "subProjects: no sub-project builds the service \"web\" of dev, expected an image for every service"
    )]
    [TestCase(
        """{ "service": "web", "context": "/etc", "dockerfile": "a/Dockerfile" }""",
        "subProjects[0].images[0].context: is \"/etc\", expected a path inside the repository, with forward slashes and without \"..\""
    )]
    [TestCase(
        """{ "service": "web", "context": "a", "dockerfile": "a/../../Dockerfile" }""",
        "subProjects[0].images[0].dockerfile: is \"a/../../Dockerfile\", expected a path inside the repository, with forward slashes and without \"..\""
    )]
    [TestCase(
        """{ "service": "web", "context": "a", "dockerfile": "b", "start": "node x" }""",
        "subProjects[0].images[0].start: is text, expected a list, each an argument without control characters"
    )]
    [TestCase(
        """{ "service": "web", "context": "a", "dockerfile": "b", "prepare": [""] }""",
        "subProjects[0].images[0].prepare[0]: is empty, expected the program to run"
    )]
    [TestCase(
        """{ "service": "web", "context": "a", "dockerfile": "b" }, { "service": "web", "context": "a", "dockerfile": "b" }""",
        "subProjects[0].images[1].service: \"web\" stands at subProjects[0].images[0].service already, expected one image per service"
    )]
    public void Gives_for_its_images(string images, string error) =>
        Gives(
            $$"""{ "name": "x", "defaultEnvironment": "dev", "subProjects": [{ "path": "", "images": [{{images}}] }] }""",
            error
        );

    [TestCase(
        """{ "command": ["make"], "packageId": "a.b", "minSdk": 24, "targetSdk": 35, "maximumBytes": 1 }""",
        "command: does not say where the APK goes, expected an argument with {output}"
    )]
    [TestCase(
        """{ "command": ["make", "{output}"], "packageId": "a", "minSdk": 24, "targetSdk": 35, "maximumBytes": 1 }""",
        "packageId: is \"a\", expected a package id like \"world.azora.sample\""
    )]
    [TestCase(
        """{ "command": ["make", "{output}"], "packageId": "a.b", "minSdk": 36, "targetSdk": 35, "maximumBytes": 1 }""",
        "targetSdk: is 35, expected at least minSdk (36)"
    )]
    [TestCase(
        """{ "command": ["make", "{output}"], "packageId": "a.b", "minSdk": 24, "targetSdk": 35 }""",
        "maximumBytes: is missing, expected a whole number from 1 to 4000000000"
    )]
    public void Gives_for_its_apk(string apk, string error) =>
        Gives(
            $$"""{ "name": "x", "defaultEnvironment": "dev", "subProjects": [{ "path": "", "apk": {{apk}} }] }""",
            "subProjects[0].apk." + error
        );

    [TestCase(
        """{ "folder": "m", "tool": "command" }""",
        "command: is missing, expected program and arguments: the tool is \"command\""
    )]
    [TestCase(
        """{ "folder": "m", "command": ["x"] }""",
        "command: is not used by the tool dbmate, expected \"tool\": \"command\", or no command"
    )]
    [TestCase(
        """{ "folder": "m", "tool": "flyway" }""",
        "tool: is \"flyway\", expected one of command, dbmate, npm, prisma"
    )]
    public void Gives_for_its_migrations(string migrations, string error) =>
        Gives(
            $$"""{ "name": "x", "defaultEnvironment": "dev", "subProjects": [{ "path": "", "migrations": {{migrations}} }] }""",
            "subProjects[0].migrations." + error
        );
}
