using Slipway.Tools;

namespace Slipway.Benchmarks.Backup;

/// <summary>
/// Users and orders as a product has them: uuid, jsonb, numeric, text and bytes that do not compress. Made by the
/// server from hashes of the row's number, so that every run backs up the same rows.
/// </summary>
internal static class SampleDatabase
{
    private const int UsersPerMegabyte = 541;
    private const int OrdersPerUser = 6;

    public static async Task<PostgresUrl> CreateAsync(Postgres server, string name, int megabytes)
    {
        var database = await EmptyAsync(server, name);
        var users = megabytes * UsersPerMegabyte;
        await database.ExecuteAsync(
            $$"""
            create table users (
              id uuid primary key, email text not null, name text not null, profile jsonb not null,
              balance numeric(12, 2) not null, secret bytea not null, created_at timestamptz not null);
            insert into users
            select md5('user' || i)::uuid, 'user' || i || '@example.invalid',
                   initcap(translate(left(md5('name' || i), 9), '0123456789', 'ghijklmnop')),
                   jsonb_build_object('city', (array['Oslo', 'Lima', 'Kyoto', 'Accra', 'Turin'])[1 + i % 5],
                     'newsletter', i % 3 = 0, 'logins', i % 977, 'tags', jsonb_build_array(left(md5('t' || i), 6), 'member')),
                   (abs(hashint4(i)) % 10000000) / 100.0, decode(md5('s' || i) || md5('t' || i), 'hex'),
                   timestamptz '2024-01-01 00:00:00Z' + i * interval '37 seconds'
            from generate_series(1, {{users}}) i;
            create index users_email on users (email);
            create table orders (
              id bigint primary key, user_id uuid not null, reference uuid not null, total numeric(12, 2) not null,
              status text not null, lines jsonb not null, note text, token bytea not null, placed_at timestamptz not null);
            insert into orders
            select i, md5('user' || (1 + i % {{users}}))::uuid, md5('order' || i)::uuid,
                   (abs(hashint4(i)) % 1000000) / 100.0, (array['open', 'paid', 'sent', 'returned'])[1 + i % 4],
                   jsonb_build_array(jsonb_build_object('sku', 'SKU-' || abs(hashint4(i)) % 5000, 'count', 1 + i % 4,
                     'price', ((abs(hashint4(i * 3)) % 9000) / 100.0)::text)),
                   case when i % 4 = 0 then 'please leave it with neighbour ' || left(md5('n' || i), 8) end,
                   decode(md5('k' || i), 'hex'), timestamptz '2024-01-01 00:00:00Z' + i * interval '11 seconds'
            from generate_series(1, {{users * OrdersPerUser}}) i;
            create index orders_user on orders (user_id);
            create view open_orders as select * from orders where status = 'open';
            """,
            CancellationToken.None
        );
        await database.ExecuteAsync("vacuum analyze", CancellationToken.None);
        return database.Url;
    }

    /// <summary>Many small tables, each with a key, an index and three rows.</summary>
    public static async Task<PostgresUrl> CreateTablesAsync(Postgres server, string name, int tables)
    {
        var database = await EmptyAsync(server, name);
        // In portions: one transaction would hold the lock of every table at once.
        for (var from = 1; from <= tables; from += 500)
        {
            await database.ExecuteAsync(
                $"""
                do $$ begin
                  for i in {from}..{Math.Min(from + 499, tables)} loop
                    execute format('create table t%s (id int primary key, name text)', i);
                    execute format('create index on t%s (name)', i);
                    execute format('insert into t%s select g, md5(g::text) from generate_series(1, 3) g', i);
                  end loop;
                end $$
                """,
                CancellationToken.None
            );
        }
        return database.Url;
    }

    public static async Task<Postgres> EmptyAsync(Postgres server, string name)
    {
        await server.ExecuteAsync($"create database {name} template template0", CancellationToken.None);
        return new Postgres(server.Url.WithDatabase(name));
    }
}
