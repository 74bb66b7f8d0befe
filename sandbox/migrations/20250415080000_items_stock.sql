-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- A constant default is kept in the catalogue: no row is rewritten, and a version that does not know the column goes
-- on inserting.
alter table items add column stock bigint not null default 25;

-- migrate:down
alter table items drop column stock;
