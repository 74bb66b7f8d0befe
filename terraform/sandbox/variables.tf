variable "root" {
  description = "Folder of this sandbox: the data, keys, logs and sockets of one checkout. Absolute."
  type        = string

  validation {
    condition     = startswith(var.root, "/") && !strcontains(var.root, "\n")
    error_message = "root must be an absolute path."
  }
}

variable "scripts" {
  description = "Folder of the scripts that bring the parts up and down: sandbox/cloud of the repository. Absolute."
  type        = string

  validation {
    condition     = startswith(var.scripts, "/") && !strcontains(var.scripts, "\n")
    error_message = "scripts must be an absolute path."
  }
}

variable "database_port" {
  description = "Loopback port of PostgreSQL."
  type        = number

  validation {
    condition     = var.database_port >= 1 && var.database_port <= 65535 && floor(var.database_port) == var.database_port
    error_message = "database_port must be a port from 1 to 65535."
  }
}

variable "http_port" {
  description = "Loopback port of the load balancer: where users find the product."
  type        = number

  validation {
    condition     = var.http_port >= 1 && var.http_port <= 65535 && floor(var.http_port) == var.http_port
    error_message = "http_port must be a port from 1 to 65535."
  }

  validation {
    condition     = var.http_port != var.database_port
    error_message = "http_port and database_port must differ."
  }
}
