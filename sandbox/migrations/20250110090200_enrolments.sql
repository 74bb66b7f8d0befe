-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table enrolments (
  user_id uuid not null references users (id) on delete cascade,
  course_id bigint not null references courses (id) on delete restrict,
  enrolled_at timestamptz not null default now(),
  primary key (user_id, course_id)
);

create index enrolments_by_course on enrolments (course_id);

-- migrate:down
drop table enrolments;
