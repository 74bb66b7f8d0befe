# What stands for a cloud on one machine. The scripts are idempotent; Terraform decides when they run.
# Values reach them by environment only: no text of a variable becomes part of a command.

resource "terraform_data" "postgres" {
  input = {
    scripts = var.scripts
    root    = var.root
    port    = tostring(var.database_port)
  }

  # Another port or folder is another server: the one before is stopped with the values it was made with.
  triggers_replace = [var.root, var.database_port]

  provisioner "local-exec" {
    command     = "exec \"$SCRIPTS/postgres.sh\" up"
    interpreter = ["bash", "-c"]
    environment = {
      SCRIPTS               = self.input.scripts
      SLIPWAY_SANDBOX_ROOT  = self.input.root
      SLIPWAY_DATABASE_PORT = self.input.port
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "exec \"$SCRIPTS/postgres.sh\" down"
    interpreter = ["bash", "-c"]
    environment = {
      SCRIPTS               = self.input.scripts
      SLIPWAY_SANDBOX_ROOT  = self.input.root
      SLIPWAY_DATABASE_PORT = self.input.port
    }
  }
}

# A load balancer for each region; they share the database.
resource "terraform_data" "haproxy" {
  for_each = local.routers

  input = {
    scripts = var.scripts
    root    = each.value.root
  }

  triggers_replace = [each.value.root, each.value.port]

  provisioner "local-exec" {
    command     = "exec \"$SCRIPTS/haproxy.sh\" up"
    interpreter = ["bash", "-c"]
    environment = {
      SCRIPTS              = self.input.scripts
      SLIPWAY_SANDBOX_ROOT = self.input.root
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "exec \"$SCRIPTS/haproxy.sh\" down"
    interpreter = ["bash", "-c"]
    environment = {
      SCRIPTS              = self.input.scripts
      SLIPWAY_SANDBOX_ROOT = self.input.root
    }
  }
}

# Before there were regions there was one, without a key.
moved {
  from = terraform_data.haproxy
  to   = terraform_data.haproxy["default"]
}
