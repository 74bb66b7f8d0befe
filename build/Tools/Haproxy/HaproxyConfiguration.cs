using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Environments;
using Slipway.Outcomes;
using Slipway.Routing;
using Route = Slipway.Routing.Route;

namespace Slipway.Tools;

/// <summary>
/// The text of <c>haproxy.cfg</c>. The file is what HAProxy falls back to when it starts again, so it always says: all
/// traffic to the stable version at its present addresses. A rollout under way is in HAProxy's memory only.
/// </summary>
public static class HaproxyConfiguration
{
    /// <summary>The process-wide variable that says which slot is stable.</summary>
    public const string StableVariable = "proc.stable";

    /// <summary>The process-wide variable that says which layout HAProxy has read: anything but who is where.</summary>
    public const string LayoutVariable = "proc.layout";

    private const string LayoutLine = $"  set-var {LayoutVariable} str(";
    private const string Header = "# slipway ";
    private const int LargestInstanceCount = 64;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string ServerName(Slot slot, int index) => $"{slot.Name()}-{index}";

    public static string Write(HaproxySettings settings, SlotAssignment assignment)
    {
        var known = assignment.For(settings.Services);
        foreach (var service in known.Services)
            Check(service);
        var layout = Hash(Body(settings, SlotAssignment.Empty with { Services = known.Services }, layout: "0"));
        return $"{Header}{JsonSerializer.Serialize(known, Json)}\n# Written by Slipway; changes are lost.\n\n{Body(settings, known, layout)}";
    }

    /// <summary>Which layout a file is of; null when it does not say.</summary>
    public static string? LayoutOf(string text) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(LayoutLine, StringComparison.Ordinal)) is { } line
            ? line[LayoutLine.Length..].TrimEnd(')')
            : null;

    private static string Body(HaproxySettings settings, SlotAssignment known, string layout)
    {
        var text = new StringBuilder();
        WriteGlobal(text, settings, known.Stable, layout);
        WriteDefaults(text, settings);
        WriteFrontend(text, settings, Routes(settings.Services, known.KeptBeside(settings.Services)));
        foreach (var service in known.Services)
            WriteBackend(text, service, settings, known);
        return text.ToString();
    }

    /// <summary>A path of a service that still runs stays its own: who serves now loses nothing to who comes next.</summary>
    private static IEnumerable<Route> Routes(
        ImmutableArray<ServiceSettings> configured,
        ImmutableArray<ServiceSettings> kept
    )
    {
        var first = RouteTable.Of(kept).Routes;
        return first
            .Concat(RouteTable.Of(configured).Routes.Where(route => !first.Any(route.HasPathOf)))
            .OrderByDescending(route => route.Exact)
            .ThenByDescending(route => route.Path.Length)
            .ThenBy(route => route.Path, StringComparer.Ordinal);
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    /// <summary>Who is where according to a file's first line; null when the line is not ours or damaged.</summary>
    public static SlotAssignment? Read(string text)
    {
        var line = text.AsSpan(0, text.IndexOf('\n') is >= 0 and var end ? end : text.Length);
        if (!line.StartsWith(Header, StringComparison.Ordinal))
            return null;
        try
        {
            var read = JsonSerializer.Deserialize<SlotAssignment>(line[Header.Length..], Json);
            return read is null || read.Blue.IsDefault || read.Green.IsDefault ? null : read;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void WriteGlobal(StringBuilder text, HaproxySettings settings, Slot stable, string layout) =>
        text.Append(
            $"""
            global
              stats socket {Plain(settings.AdminSocket)} mode 600 level admin expose-fd listeners
              stats timeout 1m
              log ring@requests format raw local0 info
              maxconn 2000
              hard-stop-after 30s
              set-var {StableVariable} str({stable.Name()})
              set-var {LayoutVariable} str({layout})

            # The latest requests, in memory: read through the admin socket, by as many readers as there are, and never
            # full. No address with its query is in it, which may hold a secret.
            ring requests
              format raw
              maxlen 512
              size 4194304


            """
        );

    private static void WriteDefaults(StringBuilder text, HaproxySettings settings) =>
        text.Append(
            $"""
            defaults
              mode http
              log global
              option dontlognull
              option forwardfor
              # The connection to an instance ends with its request: no request meets a connection that is just being
              # closed, a weight of 0 holds for the next request, and "sessions" are the requests under way. Users keep
              # their connection.
              option http-server-close
              # A request that an instance did not begin to answer goes to another one, at once.
              option redispatch 1
              retries 3
              retry-on conn-failure empty-response
              timeout connect {Milliseconds(settings.ConnectTimeout)}
              timeout client {Milliseconds(settings.ClientTimeout)}
              timeout server {Milliseconds(settings.ServerTimeout)}
              timeout queue 5000ms
              timeout http-request 10000ms
              timeout http-keep-alive 60000ms
              timeout check 3000ms
              log-format "req %rt %b %s %ST %Tr %Ta %ts %[var(txn.us)] %rc %HM %{"{+Q}"}HPO"


            """
        );

    private static void WriteFrontend(StringBuilder text, HaproxySettings settings, IEnumerable<Route> routes)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            frontend public.http
              bind 127.0.0.1:{settings.HttpPort}
              # HAProxy's own timers are whole milliseconds, most answers here take less than one.
              http-request set-var(txn.start) date(0,us)
              http-response set-var(txn.us) date(0,us),sub(txn.start)

            """
        );
        foreach (var route in routes)
        {
            var condition = route switch
            {
                { Exact: true } => $"{{ path {route.Path} }}",
                { Path: "/" } => "{ path_beg / }",
                _ => $"{{ path {route.Path} }} || {{ path_beg {route.Path}/ }}",
            };
            text.Append(CultureInfo.InvariantCulture, $"  use_backend {route.Service} if {condition}\n");
        }
        text.Append("  default_backend no.service\n\n");
        text.Append("backend no.service\n");
        text.Append("  http-request return status 404 content-type text/plain string \"no service has this path\"\n\n");
    }

    private static void WriteBackend(
        StringBuilder text,
        ServiceSettings service,
        HaproxySettings settings,
        SlotAssignment assignment
    )
    {
        text.Append(CultureInfo.InvariantCulture, $"backend {service.Name}\n");
        text.Append(Balance(settings.StickyBy));
        text.Append(
            $$"""
              http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE }
              # Any answer says that the instance lives. Whether it is well is for the judge: an outage of what both
              # versions share must not leave a service without any instance.
              option httpchk
              http-check send meth GET uri /health ver HTTP/1.1 hdr host 127.0.0.1
              http-check expect rstatus ^[2-5]
              default-server check inter {{Milliseconds(
                settings.CheckInterval
            )}} fastinter 200ms downinter 300ms fall 2 rise 1 observe layer4 error-limit 3 on-error mark-down

            """
        );
        foreach (var slot in Slots.All)
        {
            for (var index = 1; index <= service.Instances; index++)
                text.Append(ServerLine(slot, index, assignment.Find(slot, service.Name, index), assignment.Stable));
        }
        text.Append('\n');
    }

    private static string ServerLine(Slot slot, int index, InstanceAddress? instance, Slot stable)
    {
        var weight = slot == stable ? ShareWeights.Of(0).Stable : 0;
        return instance is null
            ? $"  server {ServerName(slot, index)} 127.0.0.1:1 weight 0 disabled\n"
            : $"  server {ServerName(slot, index)} 127.0.0.1:{instance.Port} weight {weight}\n";
    }

    /// <summary>
    /// Sticky without memory: the user's cookie or header is hashed onto the weights. Whoever is at the candidate stays
    /// there while its weight grows, and weight 0 is nobody, which a remembered server would not respect.
    /// </summary>
    private static string Balance(string? stickyBy)
    {
        if (string.IsNullOrEmpty(stickyBy))
            return "  balance roundrobin\n";
        var (kind, name) = stickyBy.Split(':', 2) is [var first, var second] ? (first, second) : ("cookie", stickyBy);
        if (kind is not ("cookie" or "header") || !IsToken(name))
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"rollout.stickyBy: \"{new string([.. stickyBy.Take(80).Select(c => char.IsControl(c) ? '?' : c)])}\" cannot be used",
                "cookie:NAME or header:NAME, the name of letters, digits, - and _"
            );
        }
        return kind == "cookie"
            ? $"  balance hash req.cook({name})\n  hash-type consistent\n"
            : $"  balance hdr({name})\n  hash-type consistent\n";
    }

    private static void Check(ServiceSettings service)
    {
        if (!IsToken(service.Name) || service.Instances is < 1 or > LargestInstanceCount)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"services: \"{new string([.. service.Name.Take(80).Select(c => char.IsControl(c) ? '?' : c)])}\" with {service.Instances} instances cannot be routed",
                $"a name of letters, digits, - and _, and 1 to {LargestInstanceCount} instances"
            );
        }
    }

    private static bool IsToken(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>As it stands: the scripts of the sandbox read it here, too.</summary>
    private static string Plain(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or '@')
            ? path
            : throw new PipelineException(
                ExitCode.Usage,
                "the sandbox's folder cannot stand in HAProxy's configuration",
                "a path of letters, digits and / . _ - + @",
                "SLIPWAY_SANDBOX_ROOT=/var/tmp/<name> ./build.sh …"
            );

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");
}
