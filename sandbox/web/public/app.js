// The front end: courses, signing in as a guest, enrolling, the marketplace.
// All text from the services is set as text, never as markup.

const byId = (id) => document.getElementById(id);
let token = null;

async function call(path, options = {}) {
  const response = await fetch(path, {
    ...options,
    headers: {
      ...(options.body ? { "content-type": "application/json" } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `${path} answered ${response.status}`);
  return body;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Runs what a person asked for, and says what went wrong where a screen reader hears it. */
async function attempt(what, action) {
  byId("message").textContent = "";
  try {
    await action();
  } catch (error) {
    byId("message").textContent = `${what}: ${error.message}`;
  }
}

async function showCourses() {
  const { courses } = await call("/api/education/courses");
  byId("courses").replaceChildren(
    ...courses.map((course) =>
      element(
        "li",
        {},
        element("span", {}, element("strong", { textContent: course.title }), ` ${course.summary} ${course.lessons} lessons.`),
        element("button", {
          type: "button",
          id: `enrol-${course.slug}`,
          textContent: `Enrol in ${course.title}`,
          onclick: () => attempt("Enrolling did not work", () => enrol(course)),
        }),
      ),
    ),
  );
  byId("courses").setAttribute("aria-busy", "false");
}

async function enrol(course) {
  if (!token) await signIn();
  await call("/api/education/enrolments", { method: "POST", body: JSON.stringify({ course: course.slug }) });
  await showEnrolments();
}

async function showEnrolments() {
  const { enrolments } = token ? await call("/api/education/enrolments") : { enrolments: [] };
  byId("no-enrolments").hidden = enrolments.length > 0;
  byId("enrolments").replaceChildren(
    ...enrolments.map((enrolment) => element("li", { textContent: `Enrolled: ${enrolment.title}` })),
  );
}

async function signIn() {
  // ?test-user=1 marks the users of production validation, so that statistics leave them out.
  const testUser = new URLSearchParams(location.search).has("test-user");
  const signedIn = await call("/auth/anonymous", { method: "POST", body: JSON.stringify({ test_user: testUser }) });
  token = signedIn.token;
  showUser(signedIn.user);
}

async function signOut() {
  await call("/auth/session", { method: "DELETE" });
  token = null;
  showUser(null);
  await showEnrolments();
}

function showUser(user) {
  byId("who").textContent = user ? `Signed in as ${user.display_name}` : "You are not signed in.";
  byId("sign-in").hidden = user !== null;
  byId("sign-out").hidden = user === null;
}

async function showItems(search) {
  const { items } = await call(`/api/marketplace/items${search ? `?search=${encodeURIComponent(search)}` : ""}`);
  byId("items").replaceChildren(
    ...items.map((item) =>
      element(
        "li",
        {},
        element("span", { textContent: item.title }),
        element("span", { textContent: `${(item.price_cents / 100).toFixed(2)} ${item.currency}` }),
      ),
    ),
  );
  byId("item-count").textContent = items.length === 1 ? "1 item" : `${items.length} items`;
  byId("items").setAttribute("aria-busy", "false");
}

async function showHealth() {
  const services = { gateway: "/api/health", auth: "/auth/health", education: "/api/education/health", marketplace: "/api/marketplace/health" };
  const sick = [];
  await Promise.all(
    Object.entries(services).map(([name, path]) => call(path).catch(() => sick.push(name))),
  );
  byId("health").textContent = sick.length === 0 ? "All services are healthy" : `Not healthy: ${sick.sort().join(", ")}`;
}

byId("sign-in").onclick = () => attempt("Signing in did not work", signIn);
byId("sign-out").onclick = () => attempt("Signing out did not work", signOut);
byId("search-form").onsubmit = (event) => {
  event.preventDefault();
  attempt("The search did not work", () => showItems(byId("search").value.trim()));
};

await Promise.all([
  attempt("The courses could not be loaded", showCourses),
  attempt("The marketplace could not be loaded", () => showItems("")),
  showHealth(),
]);
