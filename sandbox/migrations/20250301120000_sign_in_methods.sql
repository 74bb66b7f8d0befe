-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table sign_in_methods (
  name text primary key,
  label text not null,
  enabled boolean not null default true,
  position bigint not null default 1000
);

insert into sign_in_methods (name, label, enabled, position) values
  ('anonymous', 'Continue as guest', true, 10),
  ('email', 'Sign in by mail', false, 20);

-- migrate:down
drop table sign_in_methods;
