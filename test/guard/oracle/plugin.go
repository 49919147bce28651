package main

import (
	"context"
	"fmt"

	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
)

// startPlugin starts the API server's admission plugin over a cluster that has the policies, the
// bindings and the namespaces, until the context ends.
func startPlugin(ctx context.Context, manifests []string, namespaces map[string]map[string]string) (*validating.Plugin, error) {
	objects, err := decodeManifests(manifests)
	if err != nil {
		return nil, err
	}
	client := fake.NewSimpleClientset(append(objects, namespaceObjects(namespaces)...)...)
	factory := informers.NewSharedInformerFactory(client, 0)
	plugin, err := validating.NewPlugin(nil)
	if err != nil {
		return nil, err
	}
	plugin.SetExternalKubeClientSet(client)
	plugin.SetExternalKubeInformerFactory(factory)
	plugin.SetRESTMapper(restMapper)
	plugin.SetDynamicClient(dynamicfake.NewSimpleDynamicClient(scheme.Scheme))
	plugin.SetDrainedNotification(ctx.Done())
	plugin.SetUnconditionalAuthorizer(nobody{})
	if err := plugin.ValidateInitialization(); err != nil {
		return nil, err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	// Each attempt waits for ten seconds: expressions compile slowly on a machine that is busy.
	for range 6 {
		if plugin.WaitForReady() {
			return plugin, nil
		}
	}
	return nil, fmt.Errorf("the admission plugin does not become ready")
}

// nobody may do anything: no policy here asks.
type nobody struct{}

func (nobody) Authorize(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionDeny, "", nil
}
