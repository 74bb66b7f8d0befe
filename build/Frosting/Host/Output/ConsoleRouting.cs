using System.Text;

namespace Slipway.Host;

/// <summary>While it lives, <c>Console.Write</c> in a task is output of that task.</summary>
internal sealed class ConsoleRouting : IDisposable
{
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;

    public ConsoleRouting(TaskOutput outside)
    {
        Console.SetOut(new Router(outside, isError: false));
        Console.SetError(new Router(outside, isError: true));
    }

    public void Dispose()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
    }

    private sealed class Router(TaskOutput outside, bool isError) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write([value]);

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(ReadOnlySpan<char> buffer) =>
            (TaskOutput.Current ?? outside).Append(buffer, isError);

        public override void WriteLine(string? value) => Write($"{value}\n");

        public override void WriteLine() => Write("\n");
    }
}
