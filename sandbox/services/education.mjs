// education: courses, and who is enrolled in them.

import { openDatabase } from "./lib/database.mjs";
import { created, ok, readJson, RequestError, routes, text } from "./lib/http.mjs";
import { runInstance } from "./lib/instance.mjs";
import { requireUser, sessionKey } from "./lib/session.mjs";

const service = "education";
const database = openDatabase(service);
const key = sessionKey(service);

const courses = async () =>
  ok({ courses: await database.rows("select slug, title, summary, lessons from courses order by position, slug") });

async function course({ params }) {
  const [found] = await database.rows(
    "select slug, title, summary, lessons from courses where slug = $1",
    text(params.slug, "course"),
  );
  if (!found) throw new RequestError(404, "there is no such course");
  return ok({ course: found });
}

async function enrol({ request }) {
  const user = await requireUser(database, request, key);
  const slug = text((await readJson(request)).course, "course");
  // Enrolling twice is one enrolment: a repeated request changes nothing.
  const rows = await database.rows(
    `insert into enrolments (user_id, course_id)
     select $1, id from courses where slug = $2
     on conflict (user_id, course_id) do update set user_id = excluded.user_id
     returning enrolled_at`,
    user.id,
    slug,
  );
  if (rows.length === 0) throw new RequestError(404, "there is no such course");
  return created({ course: slug, enrolled_at: rows[0].enrolled_at });
}

async function enrolments({ request }) {
  const user = await requireUser(database, request, key);
  return ok({
    enrolments: await database.rows(
      `select c.slug, c.title, e.enrolled_at
         from enrolments e join courses c on c.id = e.course_id
        where e.user_id = $1 order by e.enrolled_at, c.slug`,
      user.id,
    ),
  });
}

await runInstance({
  service,
  healthPaths: ["/api/education/health"],
  handle: routes({
    "GET /api/education/courses": courses,
    "GET /api/education/courses/:slug": course,
    "GET /api/education/enrolments": enrolments,
    "POST /api/education/enrolments": enrol,
  }),
  probe: database.probe,
  close: database.close,
});
