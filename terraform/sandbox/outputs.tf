output "public_url" {
  description = "Where users find the product."
  value       = "http://127.0.0.1:${var.http_port}"
  depends_on  = [terraform_data.haproxy]
}

output "database_host" {
  value = "127.0.0.1"
}

output "database_port" {
  value      = var.database_port
  depends_on = [terraform_data.postgres]
}

output "database_name" {
  value = local.database
}

output "database_user" {
  value = local.user
}

output "database_password_file" {
  description = "Holds the password, for programs that take a file."
  value       = local.password_file
}

output "database_url" {
  description = "With the password. It is made of hex digits, so nothing in it needs escaping."
  value = format(
    "postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable",
    local.user, sensitive(local.password), var.database_port, local.database
  )
  sensitive = true

  precondition {
    condition     = !local.applied || fileexists(local.password_file)
    error_message = "The password of the sandbox's database is gone. Put the file back, or remove the sandbox and begin anew."
  }
}

output "router_socket" {
  description = "HAProxy's admin socket."
  value       = "${var.root}/haproxy/admin.sock"
  depends_on  = [terraform_data.haproxy]
}
