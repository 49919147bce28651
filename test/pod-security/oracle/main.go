// Command pod-security-oracle answers, with Kubernetes' own code, what the tests ask about single
// objects. It reads one JSON question a line and prints one JSON answer a line, in the same order:
//
//	evaluate  {"level", "version", "yaml"} to the verdict of the Pod Security Standards
//	decode    {"yaml"} to what strict field validation says of a built-in kind
//
// "yaml" is one document, in base64.
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
	if len(arguments) == 1 && arguments[0] == "evaluate" {
		oracle, err := newEvaluator()
		if err != nil {
			return err
		}
		return answerLines(os.Stdin, os.Stdout, oracle.evaluate)
	}
	if len(arguments) == 1 && arguments[0] == "decode" {
		return answerLines(os.Stdin, os.Stdout, decode)
	}
	return fmt.Errorf("usage: pod-security-oracle evaluate|decode")
}

func answerLines[Question, Answer any](in io.Reader, out io.Writer, answer func(Question) Answer) error {
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
		if err := answers.Encode(answer(question)); err != nil {
			return err
		}
	}
}
