locals {
  user          = "slipway"
  database      = "slipway"
  password_file = "${var.root}/postgres/password"

  # Known only once the server has been made, which makes the password file; so the file is read after that, not when
  # a first plan is made.
  applied  = terraform_data.postgres.id != ""
  password = local.applied && fileexists(local.password_file) ? trimspace(file(local.password_file)) : ""
}
