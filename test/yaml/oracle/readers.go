package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/runtime"
	numbers "k8s.io/apimachinery/pkg/util/json"
	streams "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/yaml"
)

func readValue(text []byte) (any, error) {
	value, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(value), nil
}

func readStrictly(text []byte) (any, error) {
	_, err := yaml.YAMLToJSONStrict(text)
	return nil, err
}

// readAsKubectl reads as the resource builder of k8s.io/cli-runtime does, which passes over documents
// without an object, and decodes each as an unstructured object is.
func readAsKubectl(text []byte) (any, error) {
	decoder := streams.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	documents := []json.RawMessage{}
	for {
		document := runtime.RawExtension{}
		if err := decoder.Decode(&document); err == io.EOF {
			return documents, nil
		} else if err != nil {
			return documents, err
		}
		raw := bytes.TrimSpace(document.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		var object any
		if err := numbers.Unmarshal(raw, &object); err != nil {
			return documents, err
		}
		documents = append(documents, raw)
	}
}

// readRest tells whether more than one YAML document stands in what kubectl takes for one: go-yaml
// reads the first and drops the others without a word.
func readRest(text []byte) (any, error) {
	reader := streams.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		chunk, err := reader.Read()
		if err != nil {
			return false, nil
		}
		var value any
		documents := goyaml.NewDecoder(bytes.NewReader(chunk))
		if documents.Decode(&value) == nil && documents.Decode(&value) != io.EOF {
			return true, nil
		}
	}
}

// helmSeparator is that of releaseutil.SplitManifests in helm.sh/helm/v3 v3.22.0 and v4 v4.3.1.
var helmSeparator = regexp.MustCompile("(?:^|\\s*\n)---\\s*")

func readAsHelm(text []byte) (any, error) {
	documents := []any{}
	for _, document := range helmSeparator.Split(strings.TrimSpace(string(text)), -1) {
		value, err := readValue([]byte(strings.TrimSpace(document)))
		if err != nil {
			return documents, err
		}
		if !bytes.Equal(value.(json.RawMessage), []byte("null")) {
			documents = append(documents, value)
		}
	}
	return documents, nil
}

func readAsKustomize(text []byte) (any, error) {
	reader := kio.ByteReader{
		Reader:                bytes.NewReader(text),
		OmitReaderAnnotations: true,
		DisableUnwrapping:     true,
	}
	nodes, err := reader.Read()
	documents := []json.RawMessage{}
	if err != nil {
		return documents, err
	}
	for _, node := range nodes {
		value, err := node.MarshalJSON()
		if err != nil {
			return documents, fmt.Errorf("no object: %w", err)
		}
		documents = append(documents, value)
	}
	return documents, nil
}
