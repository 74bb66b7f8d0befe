using Slipway.Outcomes;
using Slipway.Secrets;

namespace Slipway.Tools.Tests;

public class PostgresUrlTests
{
    private const string Full =
        "postgresql://us%40er:p%40ss%2Fw%3Ard%20%24(id)@db.example.org:6543/my%20db?sslmode=require&application_name=x%20y&lock_timeout=2s&search_path=a%2C%20b&schema=public";

    [Test]
    public void Its_parts_are_read()
    {
        var url = Parse(Full);

        (url.User, url.Host, url.Port, url.Database).ShouldBe(("us@er", "db.example.org", 6543, "my db"));
        url.Password.Reveal().ShouldBe("p@ss/w:rd $(id)");
        url.Parameters["search_path"].ShouldBe("a, b");
    }

    [Test]
    public void It_prints_without_its_password()
    {
        Parse(Full).ToString().ShouldBe("postgres://us%40er@db.example.org:6543/my%20db");
        $"{Parse(Full)}".ShouldNotContain("ss/w");
    }

    [Test]
    public void It_survives_being_written_and_read()
    {
        var url = Parse(Full);
        var again = PostgresUrl.Parse(url.ToSecretUrl(forPrisma: true));

        again.ToSecretUrl(forPrisma: true).Reveal().ShouldBe(url.ToSecretUrl(forPrisma: true).Reveal());
        again.Password.ShouldBe(url.Password);
        url.ToSecretUrl().Reveal().ShouldNotContain("schema=");
    }

    [Test]
    public void Prisma_gets_settings_of_the_session_where_it_does_not_drop_them() =>
        PostgresUrl
            .Parse(Parse(Full).WithParameter("options", "-c a=b").ToSecretUrl(forPrisma: true))
            .Parameters.ShouldBe(
                new Dictionary<string, string>
                {
                    ["application_name"] = "x y",
                    ["options"] = "-c a=b -c lock_timeout=2s -c search_path=a,\\ b",
                    ["schema"] = "public",
                    ["sslmode"] = "require",
                },
                ignoreOrder: true
            );

    [Test]
    public void What_only_Prisma_knows_is_not_sent_to_the_server() =>
        Parse("postgres://u@h/d?sslaccept=strict&max_connection_lifetime=5&schema=app")
            .Authenticate(Command.Of("psql"))
            .Environment.ShouldNotContainKey("PGOPTIONS");

    [Test]
    public void A_program_gets_variables_and_no_password_in_its_arguments()
    {
        var command = Parse(Full).Authenticate(Command.Of("psql", "-X"));

        command.Arguments.ShouldBe(["-X"]);
        command.Environment["PGHOST"].ShouldBe("db.example.org");
        command.Environment["PGDATABASE"].ShouldBe("my db");
        command.Environment["PGSSLMODE"].ShouldBe("require");
        command.Environment["PGOPTIONS"].ShouldBe("-c lock_timeout=2s -c search_path=a,\\ b");
        command.Secrets["PGPASSWORD"].Reveal().ShouldBe("p@ss/w:rd $(id)");
        command.Environment.Values.ShouldNotContain(value => value!.Contains("p@ss", StringComparison.Ordinal));
    }

    [TestCase("postgres://u@[::1]:5433/d", "::1", 5433)]
    [TestCase("postgres://u@h/d", "h", 5432)]
    [TestCase("postgres://u@/d?host=%2Frun%2Fpg&port=5544", "/run/pg", 5544)]
    [TestCase("postgres://u:p@/d?socket=/run/pg", "/run/pg", 5432)]
    [TestCase("postgres://u@/d", "localhost", 5432)]
    public void Its_host_is_a_name_an_address_or_a_socket(string text, string host, int port)
    {
        var url = Parse(text);

        (url.Host, url.Port).ShouldBe((host, port));
        var again = PostgresUrl.Parse(url.ToSecretUrl());
        (again.Host, again.Port, again.Database).ShouldBe((host, port, "d"));
    }

    [TestCase("mysql://u:s3cr3t@h/d", "postgres://")]
    [TestCase("s3cr3t", "postgres://")]
    [TestCase("postgres://u:s3cr3t@h:99999/d", "port")]
    [TestCase("postgres://u:s3cr3t@h:12x/d", "port")]
    [TestCase("postgres://u:s3cr3t@h/", "no database")]
    [TestCase("postgres://:s3cr3t@h/d", "no user")]
    [TestCase("postgres://u:s3cr3t@a,b/d", "several hosts")]
    [TestCase("postgres://u:s3cr3t@[::1/d", "bracket")]
    [TestCase("postgres://u:s3cr3t@h/d\nx", "control")]
    [TestCase("postgres://u:s3cr3t@h/d%00", "zero byte")]
    public void What_is_no_such_URL_is_refused_without_being_repeated(string text, string words)
    {
        var failure = Should.Throw<PipelineException>(() => Parse(text));

        failure.Explain().ShouldContain(words);
        failure.ToString().ShouldNotContain("s3cr3t");
    }

    [TestCase("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", true)]
    [TestCase("pg_dump (PostgreSQL) 15.13", false)]
    [TestCase("pg_dump (PostgreSQL) 12.22", false)]
    [TestCase("pg_dump (PostgreSQL) 17.6", true)]
    [TestCase("pg_dump (PostgreSQL) 18devel", true)]
    public void The_fixed_restrict_key_is_used_where_pg_dump_knows_it(string output, bool known) =>
        ClientVersion.Parse(output).KnowsRestrict.ShouldBe(known);

    private static PostgresUrl Parse(string text) => PostgresUrl.Parse(new Secret(text));
}
