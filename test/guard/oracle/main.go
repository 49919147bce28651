// Command admission-policy-oracle answers, with the API server's own code, what the tests ask about
// ValidatingAdmissionPolicies. It reads one JSON question a line and prints one JSON answer a line,
// in the same order:
//
//	check  {"manifests"} to the faults and type-checking warnings of each policy
//	admit  {"manifests", "namespaces", "requests"} to what becomes of each request
//	types  {"kinds"} to the fields of their types
//
// "manifests" are policies and bindings, one document each.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 1 && arguments[0] == "check" {
		return answerLines(os.Stdin, os.Stdout, check)
	}
	if len(arguments) == 1 && arguments[0] == "admit" {
		return answerLines(os.Stdin, os.Stdout, admit)
	}
	if len(arguments) == 1 && arguments[0] == "types" {
		return answerLines(os.Stdin, os.Stdout, types)
	}
	return fmt.Errorf("usage: admission-policy-oracle check|admit|types")
}

func answerLines[Question, Answer any](in io.Reader, out io.Writer, answer func(Question) (Answer, error)) error {
	questions := json.NewDecoder(bufio.NewReader(in))
	buffered := bufio.NewWriter(out)
	answers := json.NewEncoder(buffered)
	for {
		var question Question
		if err := questions.Decode(&question); err == io.EOF {
			return buffered.Flush()
		} else if err != nil {
			return err
		}
		value, err := answer(question)
		if err != nil {
			return err
		}
		if err := answers.Encode(value); err != nil {
			return err
		}
	}
}
