using System.Collections.Immutable;
using Slipway.Builds;
using Slipway.Outcomes;
using Slipway.Routing;
using Slipway.Secrets;

namespace Slipway.Tools.Tests.Workloads;

public class DockerInstancesTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);
    private static readonly string Id = new('b', 64);
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly InstanceStart Start = new(
        Slot.Green,
        2,
        new("auth", ImageKind.Docker, $"127.0.0.1:5000/auth@{Digest}", Digest, ["1.2.3"], 1),
        "deploy-1",
        "/box/instances/green/auth-2",
        ImmutableSortedDictionary<string, string>.Empty.Add("SLIPWAY_FAULT", "errors:5%"),
        ImmutableSortedDictionary<string, Secret>.Empty.Add("DATABASE_URL", new("postgres://u:hush@127.0.0.1/x"))
    );

    [Test]
    public void A_container_is_run_by_digest_with_as_little_as_possible_and_its_secrets_by_name_only()
    {
        var command = DockerInstanceCommands.Run("/box", Start, "1000:1000");
        string.Join('\n', command.Arguments)
            .ShouldBe(
                $"""
                run
                --detach
                --pull=missing
                --network=host
                --read-only
                --tmpfs=/tmp
                --cap-drop=ALL
                --security-opt=no-new-privileges
                --user=1000:1000
                --label=slipway.root=/box
                --label=slipway.slot=green
                --label=slipway.service=auth
                --label=slipway.index=2
                --label=slipway.deployment=deploy-1
                --mount=type=bind,source=/box/instances/green/auth-2,target=/run/slipway
                --env=SLIPWAY_PORT_FILE=/run/slipway/port
                --env=SLIPWAY_FAULT=errors:5%
                --env=DATABASE_URL
                127.0.0.1:5000/auth@{Digest}
                """
            );
        command.Secrets["DATABASE_URL"].Reveal().ShouldContain("hush");
        command.Environment.ShouldBeEmpty();
    }

    [Test]
    public async Task What_lives_is_what_docker_says()
    {
        var docker = new Docker($"{Id}\n{new string('c', 64)}\nWARNING: odd\n");
        var instances = new DockerInstances("/box", "0:0", docker);
        (await instances.AliveAsync([Id, new string('d', 64), "boot/12/3"], None)).ShouldBe([Id]);
        (await instances.FindAsync(Slot.Blue, None)).Count.ShouldBe(2);
        docker.Asked.ShouldBe([
            "ps --quiet --no-trunc --filter=label=slipway.root=/box",
            "ps --all --quiet --no-trunc --filter=label=slipway.root=/box --filter=label=slipway.slot=blue",
        ]);
    }

    [Test]
    public async Task Only_ids_of_containers_are_stopped()
    {
        var docker = new Docker("");
        var instances = new DockerInstances("/box", "0:0", docker);
        await instances.StopAsync("boot/12/3", TimeSpan.FromSeconds(2), None);
        await instances.StopAsync("--help", TimeSpan.FromSeconds(2), None);
        docker.Asked.ShouldBeEmpty();
        await instances.StopAsync(Id, TimeSpan.FromSeconds(2), None);
        docker.Asked.ShouldBe([$"stop -t 2 {Id}", $"rm --force --volumes {Id}"]);
    }

    [Test]
    public async Task A_started_container_is_known_by_its_id_and_a_tag_is_refused()
    {
        var instances = new DockerInstances("/box", "0:0", new Docker($"{Id}\n"));
        (await instances.StartAsync(Start, None)).ShouldBe(Id);
        foreach (
            var image in new[]
            {
                Start.Image with
                {
                    Reference = "auth:latest",
                },
                Start.Image with
                {
                    Kind = ImageKind.Bundle,
                },
            }
        )
            await Should.ThrowAsync<PipelineException>(() => instances.StartAsync(Start with { Image = image }, None));
    }

    private sealed class Docker(string output) : ICommandRunner
    {
        public List<string> Asked { get; } = [];

        public Task<CommandResult> RunAsync(
            Command command,
            Action<OutputLine>? onLine = null,
            CancellationToken cancellation = default
        )
        {
            command.Program.ShouldBe("docker");
            Asked.Add(string.Join(' ', command.Arguments));
            return Task.FromResult(new CommandResult(command, 0, output, "", TimeSpan.Zero));
        }
    }
}
