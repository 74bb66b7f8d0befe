using System.Collections.Immutable;
using System.Globalization;
using Slipway.Outcomes;
using Slipway.Routing;

namespace Slipway.Tools;

/// <summary>A server of a backend as <c>show stat</c> tells it; counts grow for the life of HAProxy.</summary>
/// <param name="Weight">As set, whether the server is up or not.</param>
/// <param name="Port">Null when HAProxy does not say it.</param>
/// <param name="Attempts">Requests that were sent to the server or that it was meant to get, those under way included.</param>
/// <param name="Current">Requests under way.</param>
/// <param name="Answers">Answers that the server began, of any status.</param>
/// <param name="ServerErrors">Those with a 5xx status.</param>
/// <param name="Broken">Answers that the server broke off.</param>
/// <param name="Deaths">How often the server went from up to down.</param>
public sealed record HaproxyServer(
    string Service,
    Slot Slot,
    int Index,
    string Status,
    int Weight,
    int? Port,
    long Attempts,
    long Current,
    long Answers,
    long ServerErrors,
    long Broken,
    long Deaths
)
{
    public string Name => HaproxyConfiguration.ServerName(Slot, Index);

    /// <summary>Whether an instance is registered here.</summary>
    public bool IsRegistered => !Status.StartsWith("MAINT", StringComparison.Ordinal);

    public bool IsUp =>
        Status.StartsWith("UP", StringComparison.Ordinal) || Status.StartsWith("NOLB", StringComparison.Ordinal);
}

/// <summary>What HAProxy answers, as types.</summary>
public static class HaproxyAnswers
{
    /// <summary>Servers named after slots; whatever else stands in the table is not ours.</summary>
    public static ImmutableArray<HaproxyServer> Servers(string table)
    {
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || !lines[0].StartsWith("# pxname,svname,", StringComparison.Ordinal))
            throw Unreadable("show stat", table);
        var columns = lines[0][2..].Split(',').Select((name, place) => (name, place)).ToArray();
        var places = columns.Where(c => c.name is not ("" or "-")).ToDictionary(c => c.name, c => c.place);
        return [.. lines[1..].Select(line => Server(line.Split(','), places)).OfType<HaproxyServer>()];
    }

    public static HaproxyInfo Info(string text)
    {
        var values = text.Split('\n')
            .Select(line => line.Split(": ", 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0])
            .ToDictionary(group => group.Key, group => group.First()[1].Trim());
        return
            int.TryParse(values.GetValueOrDefault("Pid"), CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(
                values.GetValueOrDefault("Start_time_sec"),
                CultureInfo.InvariantCulture,
                out var startedAt
            )
            ? new(values.GetValueOrDefault("Version", "?"), pid, startedAt)
            : throw Unreadable("show info", text);
    }

    /// <summary>Reads <c>proc.stable: type=str value=&lt;blue&gt;</c>.</summary>
    public static Slot Stable(string text) =>
        Value(text) is { } name && Slots.Parse(name) is { } slot
            ? slot
            : throw Unreadable(HaproxyCommands.ReadStable, text);

    /// <summary>Reads <c>proc.layout: type=str value=&lt;0123456789abcdef&gt;</c>; null when there is no such variable.</summary>
    public static string? Layout(string text) => Value(text);

    private static string? Value(string text) =>
        text.IndexOf('<') is > 0 and var start && text.IndexOf('>') is var end && end > start
            ? text[(start + 1)..end]
            : null;

    private static HaproxyServer? Server(string[] cells, Dictionary<string, int> places)
    {
        if (cells.Length < places.Count)
            return null;
        var name = Text("svname");
        var dash = name.IndexOf('-');
        if (
            dash < 0
            || Slots.Parse(name[..dash]) is not { } slot
            || !int.TryParse(name[(dash + 1)..], CultureInfo.InvariantCulture, out var index)
        )
            return null;
        var address = Text("addr");
        return new(
            Text("pxname"),
            slot,
            index,
            Text("status"),
            (int)Number("uweight"),
            int.TryParse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture, out var port)
                ? port
                : null,
            Number("stot"),
            Number("scur"),
            Number("hrsp_1xx")
                + Number("hrsp_2xx")
                + Number("hrsp_3xx")
                + Number("hrsp_4xx")
                + Number("hrsp_5xx")
                + Number("hrsp_other"),
            Number("hrsp_5xx"),
            Number("srv_abrt"),
            Number("chkdown")
        );

        string Text(string column) =>
            places.TryGetValue(column, out var place)
                ? cells[place]
                : throw Unreadable(column, string.Join(',', cells));

        long Number(string column) =>
            long.TryParse(Text(column), CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    private static PipelineException Unreadable(string question, string answer) =>
        new(
            $"the router's answer to \"{question}\" is not understood: {(answer.Length > 200 ? answer[..200] + "…" : answer).Trim()}",
            "HAProxy 2.6 or later, with the configuration that Slipway wrote",
            "./build.sh --target=SandboxDown, then --target=SandboxUp"
        );
}
