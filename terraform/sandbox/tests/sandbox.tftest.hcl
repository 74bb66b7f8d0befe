# Plans only: nothing is started. Applying and destroying for real is proven in tests/Tools.Tests/Sandbox.

variables {
  root          = "/nonexistent/slipway-test"
  scripts       = "/nonexistent/scripts"
  database_port = 15432
  http_port     = 18080
}

run "names_what_users_and_pipeline_need" {
  command = plan

  assert {
    condition     = output.public_url == "http://127.0.0.1:18080"
    error_message = "the product is found on loopback, at the configured port"
  }

  assert {
    condition     = output.database_host == "127.0.0.1" && output.database_port == 15432 && output.database_name == "slipway"
    error_message = "the database is named by host, port and name"
  }

  assert {
    condition     = output.router_socket == "/nonexistent/slipway-test/haproxy/admin.sock"
    error_message = "the router's socket is in the sandbox's folder"
  }

  assert {
    condition     = terraform_data.postgres.input.port == "15432"
    error_message = "the server's port reaches the scripts"
  }
}

run "refuses_a_relative_root" {
  command = plan
  variables {
    root = "sandbox"
  }
  expect_failures = [var.root]
}

run "refuses_a_port_out_of_range" {
  command = plan
  variables {
    database_port = 70000
  }
  expect_failures = [var.database_port]
}

run "refuses_one_port_for_both" {
  command = plan
  variables {
    http_port = 15432
  }
  expect_failures = [var.http_port]
}
