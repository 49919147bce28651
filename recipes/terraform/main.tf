# Version 3 of the provider, in which postrender is an attribute. In version 2 it is a block: `postrender { … }`.
terraform {
  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
  }
}

resource "helm_release" "web" {
  name      = "web"
  namespace = "shop"
  chart     = "${path.module}/chart"

  postrender = {
    binary_path = "kube-harden" # on the PATH, or an absolute path
    args        = ["--config=${path.module}/kube-harden.yaml", "--undecided=refuse"]
  }
}
