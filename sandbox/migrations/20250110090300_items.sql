-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table items (
  id bigint generated always as identity primary key,
  slug text not null unique,
  title text not null,
  price_cents bigint not null,
  currency text not null default 'EUR',
  created_at timestamptz not null default now(),
  constraint items_price_positive check (price_cents >= 0)
);

insert into items (slug, title, price_cents) values
  ('bandage-set', 'Bandage set', 1290),
  ('tide-tables', 'Tide tables', 850),
  ('rye-flour', 'Rye flour', 320),
  ('red-torch', 'Red torch', 1475),
  ('chain-tool', 'Chain tool', 990),
  ('field-notebook', 'Field notebook', 640);

-- migrate:down
drop table items;
