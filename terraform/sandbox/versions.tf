# The sandbox needs no provider but Terraform's own terraform_data: it works without a network.
terraform {
  required_version = ">= 1.6"

  # The state lies in the sandbox's own folder: the pipeline says where (-backend-config=path=…).
  backend "local" {}
}
