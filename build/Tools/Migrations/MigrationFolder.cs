using System.Collections.Immutable;
using System.Text;
using Slipway.Migrations;
using Slipway.Outcomes;

namespace Slipway.Tools;

/// <summary>The SQL files of a folder of migrations.</summary>
public static class MigrationFolder
{
    private const long LargestFile = 64 << 20;
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <returns>Names with <c>/</c>, below the folder, in ordinal order.</returns>
    public static ImmutableArray<(string Name, string Text)> Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"there is no folder of migrations {folder}",
                expected: "the folder that 'migrations.folder' names in slipway.json"
            );
        }
        return
        [
            .. Directory
                .EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories)
                .Select(path =>
                    (Name: Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), path)
                )
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => (file.Name, ReadText(file.Name, file.path))),
        ];
    }

    /// <summary>The tool that a sub-project's configuration asks for.</summary>
    /// <param name="kind"><c>dbmate</c>, <c>prisma</c>, <c>npm</c> or <c>command</c>.</param>
    /// <param name="command">argv; empty takes the kind's own. <c>{environment}</c> is replaced in each argument.</param>
    public static MigrationTool ToolFor(
        string kind,
        string folder,
        string workingDirectory,
        ImmutableArray<string> command,
        string environment,
        string dbmateProgram
    )
    {
        ImmutableArray<string> argv = command.IsDefault
            ? []
            : [.. command.Select(argument => argument.Replace("{environment}", environment))];
        return kind switch
        {
            "dbmate" => new DbmateTool(dbmateProgram, folder, workingDirectory),
            "prisma" => new PrismaTool(
                folder,
                workingDirectory,
                argv.IsEmpty ? ["npx", "--no-install", "prisma", "migrate", "deploy"] : argv
            ),
            "npm" => new CommandTool(
                folder,
                workingDirectory,
                argv.IsEmpty ? ["npm", "run", $"migrate:{environment}"] : argv
            ),
            "command" when !argv.IsEmpty => new CommandTool(folder, workingDirectory, argv),
            "command" => throw new PipelineException(
                ExitCode.Usage,
                "slipway.json: migrations.command is empty",
                expected: "the argv of the command"
            ),
            _ => throw new PipelineException(
                ExitCode.Usage,
                $"slipway.json: migrations.tool is '{kind}'",
                expected: "dbmate, prisma, npm or command"
            ),
        };
    }

    private static string ReadText(string name, string path)
    {
        if (new FileInfo(path).Length > LargestFile)
            throw new PipelineException(
                ExitCode.Usage,
                $"{name}: it is larger than {LargestFile >> 20} MiB",
                expected: "a migration, not a data set"
            );
        try
        {
            return Strict.GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException failure)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"{name}: it is not UTF-8 (byte {failure.Index})",
                expected: "UTF-8",
                inner: failure
            );
        }
    }
}
