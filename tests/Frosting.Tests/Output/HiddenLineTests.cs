using Slipway.Host;

namespace Slipway.Frosting.Tests.Output;

internal sealed class HiddenLineTests
{
    [Test]
    public void What_is_typed_is_read_and_not_shown()
    {
        var (line, shown) = Type("s3cret!\r");
        line.ShouldBe("s3cret!");
        shown.Trim().ShouldBeEmpty();
    }

    [Test]
    public void Backspace_takes_back() => Type("ab\b\b\bxy\r").Line.ShouldBe("xy");

    [Test]
    public void Keys_without_a_character_are_left_out() => Type("a\u001bb\r").Line.ShouldBe("ab");

    [Test]
    public void The_end_of_input_is_no_value() => Type("\u0004").Line.ShouldBeNull();

    private static (string? Line, string Shown) Type(string keys)
    {
        var next = 0;
        using var shown = new StringWriter();
        return (HiddenLine.Read(() => Key(keys[next++]), shown), shown.ToString());
    }

    private static ConsoleKeyInfo Key(char key) =>
        key switch
        {
            '\r' => new(key, ConsoleKey.Enter, false, false, false),
            '\b' => new(key, ConsoleKey.Backspace, false, false, false),
            '\u0004' => new(key, ConsoleKey.D, false, false, control: true),
            _ => new(key, ConsoleKey.NoName, false, false, false),
        };
}
