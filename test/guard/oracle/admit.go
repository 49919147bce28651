package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/client-go/kubernetes/scheme"
)

type admitQuestion struct {
	Manifests []string `json:"manifests"`
	// Namespaces are the cluster's, with their labels.
	Namespaces map[string]map[string]string `json:"namespaces"`
	Requests   []request                    `json:"requests"`
}

type request struct {
	// Object is one document; a request that connects has none.
	Object string `json:"object"`
	// Old is the object that an update replaces; without it the request creates.
	Old string `json:"old"`
	// Connect is the subresource of a pod, a service or a node that the request opens.
	Connect string `json:"connect"`
	// Resource is "pods" where it is left out, for a request that connects.
	Resource    string   `json:"resource"`
	Subresource string   `json:"subresource"`
	Namespace   string   `json:"namespace"`
	User        string   `json:"user"`
	Groups      []string `json:"groups"`
}

type outcome struct {
	// Error says why there is no verdict: the object cannot be decoded.
	Error string `json:"error,omitempty"`
	// Denied is the message of the denial, or empty.
	Denied   string   `json:"denied"`
	Warnings []string `json:"warnings"`
	// Audited are the messages that go to the audit log.
	Audited []string `json:"audited"`
}

func admit(question admitQuestion) ([]outcome, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	plugin, err := startPlugin(ctx, question.Manifests, question.Namespaces)
	if err != nil {
		return nil, err
	}
	outcomes := make([]outcome, 0, len(question.Requests))
	for _, each := range question.Requests {
		outcomes = append(outcomes, ask(ctx, plugin, each))
	}
	return outcomes, nil
}

var interfaces = admission.NewObjectInterfacesFromScheme(scheme.Scheme)

func ask(ctx context.Context, plugin *validating.Plugin, question request) outcome {
	attributes, err := question.attributes()
	if err != nil {
		return outcome{Error: err.Error()}
	}
	recorded := &recorder{Attributes: attributes, outcome: outcome{Warnings: []string{}, Audited: []string{}}}
	denial := plugin.Validate(warning.WithWarningRecorder(ctx, recorded), recorded, interfaces)
	if denial != nil {
		recorded.outcome.Denied = denial.Error()
	}
	return recorded.outcome
}

func (r request) attributes() (admission.Attributes, error) {
	who := &user.DefaultInfo{Name: r.User, Groups: r.Groups}
	if r.Connect != "" {
		return r.connection(who), nil
	}
	object, gvk, err := decode(r.Object)
	if err != nil {
		return nil, err
	}
	operation, old := admission.Create, runtime.Object(nil)
	if r.Old != "" {
		operation = admission.Update
		if old, _, err = decode(r.Old); err != nil {
			return nil, err
		}
	}
	mapping, err := restMapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	namespace := ""
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		namespace = r.Namespace
	}
	accessor.SetNamespace(namespace)
	return admission.NewAttributesRecord(object, old, *gvk, namespace, accessor.GetName(), mapping.Resource,
		r.Subresource, operation, nil, false, who), nil
}

func (r request) connection(who user.Info) admission.Attributes {
	resource := schema.GroupVersionResource{Version: "v1", Resource: r.Resource}
	namespace := r.Namespace
	if resource.Resource == "nodes" {
		namespace = ""
	}
	options := map[string]runtime.Object{
		"portforward": &corev1.PodPortForwardOptions{},
		"exec":        &corev1.PodExecOptions{},
		"attach":      &corev1.PodAttachOptions{},
		"proxy":       &corev1.PodProxyOptions{},
	}
	gvk := corev1.SchemeGroupVersion.WithKind(strings.TrimPrefix(fmt.Sprintf("%T", options[r.Connect]), "*v1."))
	options[r.Connect].GetObjectKind().SetGroupVersionKind(gvk)
	return admission.NewAttributesRecord(options[r.Connect], nil, gvk, namespace, "a", resource, r.Connect,
		admission.Connect, nil, false, who)
}

func decode(document string) (runtime.Object, *schema.GroupVersionKind, error) {
	object, gvk, err := scheme.Codecs.UniversalDeserializer().Decode([]byte(document), nil, nil)
	if err == nil {
		object.GetObjectKind().SetGroupVersionKind(*gvk)
	}
	return object, gvk, err
}

// recorder keeps what the plugin says beside its verdict.
type recorder struct {
	admission.Attributes
	outcome outcome
}

func (r *recorder) AddWarning(_, text string) {
	r.outcome.Warnings = append(r.outcome.Warnings, text)
}

func (r *recorder) AddAnnotation(_, value string) error {
	var failures []validating.ValidationFailureValue
	if err := json.Unmarshal([]byte(value), &failures); err != nil {
		return err
	}
	for _, failure := range failures {
		r.outcome.Audited = append(r.outcome.Audited, failure.Message)
	}
	return nil
}

func namespaceObjects(namespaces map[string]map[string]string) []runtime.Object {
	objects := []runtime.Object{}
	for name, labels := range namespaces {
		all := map[string]string{corev1.LabelMetadataName: name}
		for key, value := range labels {
			all[key] = value
		}
		objects = append(objects, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: all}})
	}
	return objects
}
