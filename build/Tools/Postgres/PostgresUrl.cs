using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Npgsql;
using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools;

/// <summary>
/// <c>postgres://user:password@host:port/database?parameter=value</c>. Prints without its password; hands itself to a
/// driver as a connection string and to programs as PG* variables, never as an argument.
/// </summary>
public sealed record PostgresUrl
{
    // What libpq calls by its own environment variable; every other parameter is a setting of the session.
    private static readonly ImmutableSortedDictionary<string, string> Variables = new Dictionary<string, string>
    {
        ["application_name"] = "PGAPPNAME",
        ["channel_binding"] = "PGCHANNELBINDING",
        ["connect_timeout"] = "PGCONNECT_TIMEOUT",
        ["sslcert"] = "PGSSLCERT",
        ["sslkey"] = "PGSSLKEY",
        ["sslmode"] = "PGSSLMODE",
        ["sslrootcert"] = "PGSSLROOTCERT",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    // Prisma's own parameters: they stand in its URLs and mean nothing to PostgreSQL.
    private static readonly ImmutableHashSet<string> PrismaOnly =
    [
        "connection_limit",
        "max_connection_lifetime",
        "max_idle_connection_lifetime",
        "pgbouncer",
        "pool_timeout",
        "schema",
        "socket_timeout",
        "sslaccept",
        "sslidentity",
        "sslpassword",
        "statement_cache_size",
    ];

    public required string Host { get; init; }

    public int Port { get; init; } = 5432;

    public required string Database { get; init; }

    public required string User { get; init; }

    public Secret Password { get; init; } = new("");

    public ImmutableSortedDictionary<string, string> Parameters { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <exception cref="PipelineException">Not such a URL; the message never repeats it, because it may hold a password.</exception>
    public static PostgresUrl Parse(Secret url)
    {
        var text = url.Reveal().Trim();
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || text[..scheme] is not ("postgres" or "postgresql"))
            throw Wrong("it does not start with postgres://");
        if (text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            throw Wrong("it contains a control character");

        var rest = text[(scheme + 3)..];
        var (beforeQuery, query) = Cut(rest, '?');
        var (authority, database) = Cut(beforeQuery, '/');
        var at = authority.LastIndexOf('@');
        var (user, password) = Cut(at < 0 ? "" : authority[..at], ':');
        var (host, port) = HostAndPort(authority[(at + 1)..]);

        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            parameters[Decode(name)] = Decode(value);
        }
        if (parameters.Remove("host", out var socketHost) || parameters.Remove("socket", out socketHost))
            host = socketHost;
        if (parameters.Remove("port", out var otherPort))
            port = ParsePort(otherPort);
        parameters.Remove("user", out var otherUser);
        parameters.Remove("password", out var otherPassword);

        return new PostgresUrl
        {
            Host = host.Length > 0 ? host : "localhost",
            Port = port,
            Database = database.Length > 0 ? Decode(database) : throw Wrong("it names no database"),
            User = otherUser ?? (user.Length > 0 ? Decode(user) : throw Wrong("it names no user")),
            Password = new Secret(otherPassword ?? Decode(password)),
            Parameters = parameters.ToImmutable(),
        };
    }

    public PostgresUrl WithDatabase(string database) => this with { Database = database };

    public PostgresUrl WithParameter(string name, string value) =>
        this with
        {
            Parameters = Parameters.SetItem(name, value),
        };

    /// <summary>What may be shown: user, host, port, database.</summary>
    public override string ToString() =>
        IsSocket
            ? $"postgres://{Escape(User)}@/{Escape(Database)}?host={Escape(Host)}&port={Port}"
            : $"postgres://{Escape(User)}@{BracketedHost}:{Port}/{Escape(Database)}";

    /// <summary>The whole URL, for a program that takes it from a variable.</summary>
    /// <param name="forPrisma">
    /// Keeps Prisma's own parameters, and hands the settings of the session over in <c>options</c>: Prisma drops every
    /// parameter that it does not know without a word, and with it the time-outs.
    /// </param>
    public Secret ToSecretUrl(bool forPrisma = false)
    {
        var text = new StringBuilder("postgres://").Append(Escape(User));
        if (!Password.IsEmpty)
            text.Append(':').Append(Escape(Password.Reveal()));
        text.Append('@');
        if (!IsSocket)
            text.Append(BracketedHost).Append(':').Append(Port);
        text.Append('/').Append(Escape(Database));

        IEnumerable<KeyValuePair<string, string>> parameters = Parameters.Where(p =>
            forPrisma ? !IsSetting(p.Key) : !PrismaOnly.Contains(p.Key)
        );
        if (forPrisma && SessionOptions is { Length: > 0 } options)
            parameters = parameters.Append(new("options", options));
        if (IsSocket)
            parameters = parameters
                .Append(new("host", Host))
                .Append(new("port", Port.ToString(CultureInfo.InvariantCulture)));
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            text.Append(separator).Append(Escape(name)).Append('=').Append(Escape(value));
            separator = '&';
        }
        return new Secret(text.ToString());
    }

    /// <summary>The command with PG* variables, so that <c>psql</c>, <c>pg_dump</c> and their like find server and password.</summary>
    public Command Authenticate(Command command)
    {
        command = command
            .With("PGHOST", Host)
            .With("PGPORT", Port.ToString(CultureInfo.InvariantCulture))
            .With("PGUSER", User)
            .With("PGDATABASE", Database);
        foreach (var (parameter, variable) in Variables)
        {
            if (Parameters.TryGetValue(parameter, out var value))
                command = command.With(variable, value);
        }
        if (SessionOptions is { Length: > 0 } options)
            command = command.With("PGOPTIONS", options);
        return Password.IsEmpty ? command : command.WithSecret("PGPASSWORD", Password);
    }

    /// <summary>For Npgsql. Contains the password: hand it to the driver, nowhere else.</summary>
    public string ToConnectionString()
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Database,
            Username = User,
            Password = Password.IsEmpty ? null : Password.Reveal(),
            // A pooled connection would hold a scratch database open after we are done with it.
            Pooling = false,
            IncludeErrorDetail = false,
            Timeout = 15,
            CommandTimeout = 0,
            KeepAlive = 30,
        };
        if (SessionOptions is { Length: > 0 } options)
            builder.Options = options;
        foreach (var (name, value) in Parameters)
        {
            switch (name)
            {
                case "application_name":
                    builder.ApplicationName = value;
                    break;
                case "connect_timeout" when int.TryParse(value, CultureInfo.InvariantCulture, out var seconds):
                    builder.Timeout = Math.Clamp(seconds, 0, 1024);
                    break;
                case "sslmode":
                    builder.SslMode = ParseSslMode(value);
                    break;
                case "sslrootcert":
                    builder.RootCertificate = value;
                    break;
                case "sslcert":
                    builder.SslCertificate = value;
                    break;
                case "sslkey":
                    builder.SslKey = value;
                    break;
            }
        }
        return builder.ConnectionString;
    }

    private bool IsSocket => Host.StartsWith('/');

    private string BracketedHost => Host.Contains(':') ? $"[{Host}]" : Host;

    // Settings of the session (lock_timeout, search_path …) in libpq's form: -c name=value, blanks escaped.
    private string SessionOptions
    {
        get
        {
            var settings = Parameters
                .Where(p => IsSetting(p.Key) && p.Key != "options")
                .Select(p => $"-c {EscapeOption(p.Key)}={EscapeOption(p.Value)}");
            return Parameters.TryGetValue("options", out var options)
                ? string.Join(' ', settings.Prepend(options))
                : string.Join(' ', settings);
        }
    }

    private static bool IsSetting(string parameter) =>
        !Variables.ContainsKey(parameter) && !PrismaOnly.Contains(parameter);

    private static string EscapeOption(string text) => text.Replace("\\", "\\\\").Replace(" ", "\\ ");

    private static SslMode ParseSslMode(string value) =>
        value switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => throw Wrong("its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"),
        };

    private static (string Host, int Port) HostAndPort(string text)
    {
        if (text.Contains(','))
            throw Wrong("it names several hosts");
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            if (end < 0)
                throw Wrong("its IPv6 address has no closing bracket");
            var after = text[(end + 1)..];
            return (text[1..end], after.StartsWith(':') ? ParsePort(after[1..]) : 5432);
        }
        var (host, port) = Cut(text, ':');
        return (Decode(host), port.Length == 0 ? 5432 : ParsePort(port));
    }

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw Wrong("its port is not a number from 1 to 65535");

    private static (string Before, string After) Cut(string text, char separator)
    {
        var at = text.IndexOf(separator);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static string Decode(string text)
    {
        var decoded = Uri.UnescapeDataString(text);
        return decoded.Contains('\0') ? throw Wrong("it contains a zero byte") : decoded;
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static PipelineException Wrong(string what) =>
        new(
            ExitCode.Usage,
            $"the database URL cannot be used: {what}",
            expected: "postgres://user:password@host:5432/database, special characters in user and password percent-encoded",
            next: "correct the secret or the Terraform output that holds the URL"
        );
}
