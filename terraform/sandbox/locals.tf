locals {
  user          = "slipway"
  database      = "slipway"
  password_file = "${var.root}/postgres/password"

  # A sandbox without regions has one load balancer, in its own folder; a region has a folder of its own below it. The
  # socket of a region lies above that: the path of a socket must be short.
  routers = {
    for name, port in var.http_ports : name => {
      port   = port
      root   = name == "default" ? var.root : "${var.root}/regions/${name}"
      socket = name == "default" ? "${var.root}/haproxy/admin.sock" : "${var.root}/${name}.sock"
      url    = "http://127.0.0.1:${port}"
    }
  }
  only = try(local.routers["default"], null)

  # Known only once the server has been made, which makes the password file; so the file is read after that, not when
  # a first plan is made.
  applied  = terraform_data.postgres.id != ""
  password = local.applied && fileexists(local.password_file) ? trimspace(file(local.password_file)) : ""
}
