package main

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
)

type document struct {
	YAML []byte `json:"yaml"`
}

type decoded struct {
	// BuiltIn is false for a kind that only a custom resource definition or another API server serves.
	BuiltIn bool `json:"builtIn"`
	// Strict are unknown and duplicate fields: warnings, or errors with `--validate=strict`.
	Strict []string `json:"strict"`
	// Error is what no validation mode lets pass: a wrong type, or no YAML at all.
	Error string `json:"error,omitempty"`
}

var strictSerializer = json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
	json.SerializerOptions{Yaml: true, Strict: true})

func decode(question document) decoded {
	_, _, err := strictSerializer.Decode(question.YAML, nil, nil)
	answer := decoded{BuiltIn: !runtime.IsNotRegisteredError(err), Strict: []string{}}
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, each := range strict.Errors() {
			answer.Strict = append(answer.Strict, each.Error())
		}
	} else if err != nil && answer.BuiltIn {
		answer.Error = err.Error()
	}
	return answer
}
