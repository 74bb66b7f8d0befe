output "public_url" {
  description = "Where users find the product; there is none where there are regions."
  value       = try(local.only.url, null)
  depends_on  = [terraform_data.haproxy]
}

output "public_urls" {
  description = "Where users of each region find the product; there is none without regions."
  value       = local.only == null ? { for name, router in local.routers : name => router.url } : null
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
  description = "HAProxy's admin socket; there is none where there are regions."
  value       = try(local.only.socket, null)
  depends_on  = [terraform_data.haproxy]
}

output "router_sockets" {
  description = "The admin socket of each region; there is none without regions."
  value       = local.only == null ? { for name, router in local.routers : name => router.socket } : null
  depends_on  = [terraform_data.haproxy]
}
