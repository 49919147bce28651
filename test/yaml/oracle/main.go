// Command yaml-oracle prints what Kubernetes' own readers make of a text. It reads one JSON question
// a line, `{"yaml": base64, "readers": [name, …]}`, and prints one JSON answer a line, in the same
// order and at once, so that a caller can keep it running. The readers:
//
//	value    sigs.k8s.io/yaml, the one document's value
//	strict   the same, where a key that stands twice is an error
//	kubectl  the stream's documents as kubectl, Helm's client and controllers read them
//	helm     the stream's documents as Helm cuts it, each read by sigs.k8s.io/yaml
//	kyaml    the stream's documents as kustomize, and Helm 4 before a post-renderer, read them
//	lots     whether chance decides a value, for keys such as `1` beside `"1"`
//	rest     whether kubectl leaves a part of some document unread
//	typed    the one document in Kubernetes' own types: leniently, and what strict decoding says
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

type question struct {
	YAML    []byte   `json:"yaml"`
	Readers []string `json:"readers"`
}

func main() {
	if err := answerLines(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerLines(in io.Reader, out io.Writer) error {
	questions := json.NewDecoder(bufio.NewReader(in))
	for {
		var asked question
		if err := questions.Decode(&asked); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		answers := map[string]any{}
		for _, name := range asked.Readers {
			reader, known := readers[name]
			if !known {
				return fmt.Errorf("there is no reader %q", name)
			}
			answers[name] = reader(asked.YAML)
		}
		line, err := json.Marshal(answers)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
}

var readers = map[string]func([]byte) any{
	"value":   func(text []byte) any { return guarded(text, readValue) },
	"strict":  func(text []byte) any { return guarded(text, readStrictly) },
	"kubectl": func(text []byte) any { return guarded(text, readAsKubectl) },
	"helm":    func(text []byte) any { return guarded(text, readAsHelm) },
	"kyaml":   func(text []byte) any { return guarded(text, readAsKustomize) },
	"lots":    func(text []byte) any { return guarded(text, readLots) },
	"rest":    func(text []byte) any { return guarded(text, readRest) },
	"typed":   func(text []byte) any { return guarded(text, readTyped) },
}

type read struct {
	// Value is the value of a document, or the list of those of a stream.
	Value any `json:"value"`
	// Error is why the reader refuses the text; of a stream, Value holds what came before.
	Error string `json:"error,omitempty"`
}

// guarded takes a reader's panic for a refusal, as a server that recovers from one does.
func guarded(text []byte, reader func([]byte) (any, error)) (answer read) {
	defer func() {
		if fault := recover(); fault != nil {
			answer = read{Error: fmt.Sprint("panic: ", fault)}
		}
	}()
	value, err := reader(text)
	if err != nil {
		return read{Value: value, Error: err.Error()}
	}
	if _, err := json.Marshal(value); err != nil {
		return read{Error: "no JSON: " + err.Error()}
	}
	return read{Value: value}
}
