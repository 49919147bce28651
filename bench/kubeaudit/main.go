// Command kubeaudit is Shopify's kubeaudit. It is built here because its module is deprecated, and
// `go install` fetches what a module proxy need not have for such a module.
package main

import "github.com/Shopify/kubeaudit/cmd/commands"

func main() {
	commands.Execute()
}
