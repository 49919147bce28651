package main

import (
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
)

var scheme = newScheme()

func newScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(apps.AddToScheme, batch.AddToScheme, core.AddToScheme,
		networking.AddToScheme, rbac.AddToScheme)
	if err := builder.AddToScheme(scheme); err != nil {
		panic(err)
	}
	return scheme
}

func serializer(strict bool) *json.Serializer {
	return json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme,
		json.SerializerOptions{Yaml: true, Strict: strict})
}

var lenient, strict = serializer(false), serializer(true)

type typed struct {
	Object runtime.Object `json:"object"`
	// Strict are the errors of strict decoding alone: unknown fields, and keys that stand twice.
	Strict []string `json:"strict,omitempty"`
}

func readTyped(text []byte) (any, error) {
	object, _, err := lenient.Decode(text, nil, nil)
	if err != nil {
		return nil, err
	}
	answer := typed{Object: object}
	if _, _, err := strict.Decode(text, nil, nil); err != nil {
		answer.Strict = []string{err.Error()}
		if all, ok := runtime.AsStrictDecodingError(err); ok {
			answer.Strict = nil
			for _, each := range all.Errors() {
				answer.Strict = append(answer.Strict, each.Error())
			}
		}
	}
	return answer, nil
}
