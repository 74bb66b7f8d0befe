# Plans only: nothing is started. Applying and destroying for real is proven in tests/Tools.Tests/Sandbox.

variables {
  root          = "/nonexistent/slipway-test"
  scripts       = "/nonexistent/scripts"
  database_port = 15432
  http_ports    = { default = 18080 }
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
    http_ports = { default = 15432 }
  }
  expect_failures = [var.http_ports]
}

run "gives_each_region_a_load_balancer_of_its_own" {
  command = plan
  variables {
    http_ports = { us-east = 18080, eu-west = 18081 }
  }

  assert {
    condition = (
      output.public_urls == { us-east = "http://127.0.0.1:18080", eu-west = "http://127.0.0.1:18081" }
      && output.public_url == null
    )
    error_message = "the product is found at each region's port"
  }

  assert {
    condition     = terraform_data.haproxy["eu-west"].input.root == "/nonexistent/slipway-test/regions/eu-west"
    error_message = "a region's load balancer has a folder of its own"
  }

  assert {
    condition     = output.router_sockets["eu-west"] == "/nonexistent/slipway-test/eu-west.sock"
    error_message = "a region's socket has a short path"
  }

  assert {
    condition     = length(terraform_data.haproxy) == 2 && terraform_data.postgres.input.port == "15432"
    error_message = "the regions share the database"
  }
}

run "refuses_two_regions_at_one_port" {
  command = plan
  variables {
    http_ports = { us-east = 18080, eu-west = 18080 }
  }
  expect_failures = [var.http_ports]
}

run "refuses_a_region_beside_none" {
  command = plan
  variables {
    http_ports = { default = 18080, eu-west = 18081 }
  }
  expect_failures = [var.http_ports]
}
