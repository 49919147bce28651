package main

import (
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
)

var strictSerializer = json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
	json.SerializerOptions{Yaml: true, Strict: true})

// decodeManifests decodes policies and bindings strictly, and fills in the API server's defaults.
func decodeManifests(manifests []string) ([]runtime.Object, error) {
	objects := make([]runtime.Object, 0, len(manifests))
	for _, manifest := range manifests {
		object, _, err := strictSerializer.Decode([]byte(manifest), nil, nil)
		if err != nil {
			return nil, err
		}
		switch value := object.(type) {
		case *admissionv1.ValidatingAdmissionPolicy:
			setDefaults(value.Spec.MatchConstraints)
		case *admissionv1.ValidatingAdmissionPolicyBinding:
			setDefaults(value.Spec.MatchResources)
		default:
			return nil, fmt.Errorf("neither a policy nor a binding: %T", object)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func setDefaults(match *admissionv1.MatchResources) {
	if match == nil {
		return
	}
	if match.MatchPolicy == nil {
		equivalent := admissionv1.Equivalent
		match.MatchPolicy = &equivalent
	}
	if match.NamespaceSelector == nil {
		match.NamespaceSelector = &metav1.LabelSelector{}
	}
	if match.ObjectSelector == nil {
		match.ObjectSelector = &metav1.LabelSelector{}
	}
}
