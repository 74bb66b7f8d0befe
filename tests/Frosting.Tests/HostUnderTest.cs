using System.Collections.Concurrent;
using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Host;

namespace Slipway.Frosting.Tests;

/// <summary>A host whose console, environment and tasks are the test's.</summary>
internal sealed class HostUnderTest : IDisposable
{
    private readonly Recorder _out = new();
    private readonly Recorder _error = new();
    private readonly Dictionary<string, string> _variables = [];
    private readonly CakeHost _host = new();
    private TimeSpan _progressEvery = TimeSpan.FromSeconds(10);
    private bool _terminal;
    private TextReader? _answers;
    private TextWriter? _otherOut;

    public HostUnderTest()
    {
        LogFolder = Directory.CreateTempSubdirectory("host-tests-").FullName;
        _host.ConfigureServices(services => services.AddSingleton(Script)).UseRunLog(() => LogFolder);
    }

    public Script Script { get; } = new();

    public string LogFolder { get; }

    public string Out => _out.Text;

    public string Error => _error.Text;

    public RunTimeline Timeline =>
        RunTimeline.TryParse(File.ReadAllText(Path.Combine(LogFolder, RunTimeline.FileName))).ShouldNotBeNull();

    public static HostUnderTest With(params Type[] tasks)
    {
        var host = new HostUnderTest();
        host._host.ConfigureServices(services =>
        {
            foreach (var task in tasks)
            {
                services.AddSingleton(typeof(IFrostingTask), task);
            }
        });
        return host;
    }

    /// <summary>A before B and C, both before D.</summary>
    public static HostUnderTest WithDiamond() => With(typeof(A), typeof(B), typeof(C), typeof(D));

    public HostUnderTest Using(Action<CakeHost> use)
    {
        use(_host);
        return this;
    }

    public HostUnderTest Doing(string task, Action<ICakeContext> work)
    {
        Script.Work[task] = work;
        return this;
    }

    public HostUnderTest Failing(string task, string message = "it broke") =>
        Doing(task, _ => throw new CakeException(message));

    public HostUnderTest Skipping(string task, string? reason)
    {
        Script.Skips[task] = reason;
        return this;
    }

    public HostUnderTest Variable(string name, string value)
    {
        _variables[name] = value;
        return this;
    }

    public HostUnderTest OnGitHub() => Variable("GITHUB_ACTIONS", "true");

    public HostUnderTest InTerminal()
    {
        _terminal = true;
        return Variable("TERM", "xterm-256color");
    }

    /// <summary>Somebody sits at the terminal.</summary>
    public HostUnderTest Answering(TextReader answers)
    {
        _answers = answers;
        return InTerminal();
    }

    public HostUnderTest WritingTo(TextWriter writer)
    {
        _otherOut = writer;
        return this;
    }

    public HostUnderTest ProgressEvery(TimeSpan every)
    {
        _progressEvery = every;
        return this;
    }

    public int Run(params string[] arguments) =>
        _host
            .UseSurroundings(
                new Surroundings
                {
                    Out = _otherOut ?? _out,
                    Error = _error,
                    In = _answers ?? TextReader.Null,
                    IsInteractive = _answers is not null,
                    IsTerminal = _terminal,
                    Variable = name => _variables.GetValueOrDefault(name),
                    ProgressEvery = _progressEvery,
                }
            )
            .Run(arguments);

    public string Log(string task) => File.ReadAllText(Path.Combine(LogFolder, $"{task}.log"));

    public TaskResult Result(string task) => Timeline.Tasks.Single(result => result.Task == task);

    public void Dispose()
    {
        Directory.Delete(LogFolder, recursive: true);
        _out.Dispose();
        _error.Dispose();
    }
}

/// <summary>Keeps what is written; can be read meanwhile.</summary>
internal sealed class Recorder : TextWriter
{
    private readonly System.Text.StringBuilder _text = new();

    public Recorder() => CoreNewLine = ['\n'];

    public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public override void Write(char value)
    {
        lock (_text)
        {
            _text.Append(value);
        }
    }

    public override void Write(string? value)
    {
        lock (_text)
        {
            _text.Append(value);
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");
}

/// <summary>What the tasks of a test do, by name, and what they did.</summary>
internal sealed class Script
{
    public Dictionary<string, Action<ICakeContext>> Work { get; } = [];

    public Dictionary<string, string?> Skips { get; } = [];

    public ConcurrentQueue<string> Ran { get; } = new();
}

internal abstract class Scripted(Script script) : FrostingTask
{
    public override bool ShouldRun(ICakeContext context)
    {
        if (!script.Skips.TryGetValue(GetType().Name, out var reason))
        {
            return true;
        }

        if (reason is not null)
        {
            context.Log.Write(
                Cake.Core.Diagnostics.Verbosity.Normal,
                Cake.Core.Diagnostics.LogLevel.Information,
                reason
            );
        }

        return false;
    }

    public override void Run(ICakeContext context)
    {
        script.Ran.Enqueue(GetType().Name);
        script.Work.GetValueOrDefault(GetType().Name)?.Invoke(context);
    }
}

[TaskDescription("the first")]
internal sealed class A(Script script) : Scripted(script);

[TaskDescription("on the left")]
[IsDependentOn(typeof(A))]
internal sealed class B(Script script) : Scripted(script);

[TaskDescription("on the right")]
[IsDependentOn(typeof(A))]
internal sealed class C(Script script) : Scripted(script);

[TaskDescription("the last")]
[IsDependentOn(typeof(B))]
[IsDependentOn(typeof(C))]
internal sealed class D(Script script) : Scripted(script);

/// <summary>Without work: it stands for the diamond.</summary>
[TaskName("All-Of-It")]
[TaskDescription("everything")]
[IsDependentOn(typeof(D))]
internal sealed class Everything : FrostingTask;

/// <summary>Tasks that need nothing.</summary>
internal sealed class X(Script script) : Scripted(script);

internal sealed class Y(Script script) : Scripted(script);

[IsDependentOn(typeof(X))]
[IsDependentOn(typeof(Y))]
internal sealed class Z(Script script) : Scripted(script);
