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

variable "http_ports" {
  description = "Loopback ports of the load balancers, where users find the product: region = port, or default = port without regions."
  type        = map(number)

  validation {
    condition     = alltrue([for port in values(var.http_ports) : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "http_ports must be ports from 1 to 65535."
  }

  validation {
    condition     = length(distinct(concat(values(var.http_ports), [var.database_port]))) == length(var.http_ports) + 1
    error_message = "The ports of http_ports and database_port must differ."
  }

  validation {
    condition     = keys(var.http_ports) == tolist(["default"]) || (length(var.http_ports) > 0 && alltrue([for name in keys(var.http_ports) : can(regex("^[a-z]{2}-[a-z]+$", name))]))
    error_message = "http_ports has a port for each region, like us-east, or one for default."
  }
}
