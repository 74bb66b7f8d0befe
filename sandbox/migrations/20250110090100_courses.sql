-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table courses (
  id bigint generated always as identity primary key,
  slug text not null unique,
  title text not null,
  summary text not null,
  lessons bigint not null,
  position bigint not null default 1000,
  created_at timestamptz not null default now()
);

insert into courses (slug, title, summary, lessons, position) values
  ('first-aid', 'First aid', 'What to do until help arrives.', 8, 10),
  ('open-water', 'Open water', 'Currents, waves and when to stay ashore.', 12, 20),
  ('bread', 'Bread', 'Flour, water, salt and time.', 6, 30),
  ('star-charts', 'Star charts', 'Finding your way around the night sky.', 10, 40),
  ('bicycle-repair', 'Bicycle repair', 'Chains, brakes and a true wheel.', 9, 50);

-- migrate:down
drop table courses;
