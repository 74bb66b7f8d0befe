using System.Text;

namespace Slipway.Host;

/// <summary>A log that takes lines.</summary>
internal interface ITaskLog
{
    void Line(string text);
}

/// <summary>For what is written outside tasks.</summary>
internal sealed class NoLog : ITaskLog
{
    public void Line(string text) { }
}

/// <summary>Writes the log files of a run. A full disk costs the logs, never the run: the first failure is said once.</summary>
internal sealed class RunLog(string directory, bool temporary, TimeProvider time, Action<string> warn)
    : IRunLog,
        IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<TaskLogFile> _files = [];
    private string _directory = directory;
    private bool _broken;

    public string Directory => _directory;

    /// <summary>Nobody said where the logs belong.</summary>
    public bool IsTemporary { get; private set; } = temporary;

    public static RunLog At(string? directory, TimeProvider time, Action<string> warn) =>
        directory is not null
            ? new RunLog(Path.GetFullPath(directory), temporary: false, time, warn)
            : new RunLog(
                Path.Combine(Path.GetTempPath(), $"build-logs-{Environment.ProcessId}-{Guid.NewGuid():N}"),
                temporary: true,
                time,
                warn
            );

    public ITaskLog Open(string task)
    {
        lock (_lock)
        {
            var file = new TaskLogFile(this, FileName(task));
            _files.Add(file);
            Guarded(() => file.Open(_directory, $"--- {time.GetUtcNow():yyyy-MM-dd HH:mm:ss'Z'} {task} ---"));
            return file;
        }
    }

    public static string FileName(string task) =>
        string.Concat(task.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')) + ".log";

    public void MoveTo(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var target = Path.GetFullPath(directory);
        lock (_lock)
        {
            if (target == _directory)
            {
                return;
            }

            Guarded(() =>
            {
                foreach (var file in _files)
                {
                    file.MoveTo(_directory, target);
                }

                Move(Path.Combine(_directory, RunTimeline.FileName), Path.Combine(target, RunTimeline.FileName));
                if (IsTemporary && System.IO.Directory.Exists(_directory))
                {
                    System.IO.Directory.Delete(_directory, recursive: true);
                }
            });
            _directory = target;
            IsTemporary = false;
        }
    }

    public void WriteTimeline(string json)
    {
        lock (_lock)
        {
            Guarded(() =>
            {
                System.IO.Directory.CreateDirectory(_directory);
                var file = Path.Combine(_directory, RunTimeline.FileName);
                File.WriteAllText(file + ".tmp", json);
                File.Move(file + ".tmp", file, overwrite: true);
            });
        }
    }

    public void Close(ITaskLog log)
    {
        lock (_lock)
        {
            Guarded(() => ((TaskLogFile)log).Dispose());
        }
    }

    /// <summary>Logs that belong nowhere are kept only where somebody will want to read them.</summary>
    public void Finish(bool keep)
    {
        Dispose();
        lock (_lock)
        {
            if (IsTemporary && !keep && System.IO.Directory.Exists(_directory))
            {
                Guarded(() => System.IO.Directory.Delete(_directory, recursive: true));
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var file in _files)
            {
                Guarded(file.Dispose);
            }
        }
    }

    private static void Move(string from, string to)
    {
        if (File.Exists(from))
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            File.Delete(from);
        }
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_broken)
            {
                _broken = true;
                warn($"The log in {_directory} cannot be written: {e.Message}");
            }
        }
    }

    private sealed class TaskLogFile(RunLog owner, string name) : ITaskLog, IDisposable
    {
        private StreamWriter? _writer;
        private bool _closed;

        public void Open(string directory, string? header)
        {
            System.IO.Directory.CreateDirectory(directory);
            _writer = new StreamWriter(
                new FileStream(Path.Combine(directory, name), FileMode.Append, FileAccess.Write, FileShare.ReadWrite),
                new UTF8Encoding(false)
            )
            {
                AutoFlush = true,
                NewLine = "\n",
            };
            if (header is not null)
            {
                _writer.WriteLine(header);
            }
        }

        public void Line(string text)
        {
            lock (owner._lock)
            {
                owner.Guarded(() =>
                    _writer?.WriteLine(
                        $"{owner.Time.GetUtcNow():HH:mm:ss.fff} {Printable.Line(text, keepColours: false)}"
                    )
                );
            }
        }

        public void MoveTo(string from, string to)
        {
            _writer?.Dispose();
            _writer = null;
            var source = Path.Combine(from, name);
            if (File.Exists(source))
            {
                System.IO.Directory.CreateDirectory(to);
                using (var target = new FileStream(Path.Combine(to, name), FileMode.Append))
                using (var written = File.OpenRead(source))
                {
                    written.CopyTo(target);
                }

                File.Delete(source);
            }

            if (!_closed)
            {
                Open(to, header: null);
            }
        }

        public void Dispose()
        {
            _closed = true;
            _writer?.Dispose();
            _writer = null;
        }
    }

    private TimeProvider Time => time;
}
