// Command yaml-parse reads a stream of YAML documents from stdin as sigs.k8s.io/yaml does, into plain
// values, and does nothing with them: the least that a Go tool of this kind has to do.
package main

import (
	"bytes"
	"io"
	"log"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	stream, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	for _, document := range bytes.Split(append([]byte("\n"), stream...), []byte("\n---\n")) {
		var value any
		if err := yaml.Unmarshal(document, &value); err != nil {
			log.Fatal(err)
		}
	}
}
