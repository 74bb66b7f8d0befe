-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table users (
  id uuid primary key default gen_random_uuid(),
  display_name text not null,
  is_anonymous boolean not null default true,
  -- Made by production validation; told apart in statistics, and expiring like every anonymous user.
  is_test_user boolean not null default false,
  token_hash text not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint users_anonymous_expire check (not is_anonymous or expires_at is not null)
);

create index users_expiring on users (expires_at) where is_anonymous;

-- migrate:down
drop table users;
