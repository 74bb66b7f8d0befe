-- migrate:up
-- Added to the migrations by --sandbox-fault=broken-migration: the first statement works, the second one fails, and
-- the schema has to be what it was before.
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table half_done (
  id bigint generated always as identity primary key,
  note text not null
);

insert into half_done (note) select title from a_table_that_does_not_exist;

-- migrate:down
drop table half_done;
