package main

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/openapi"
	"k8s.io/client-go/openapi/openapitest"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type checkQuestion struct {
	Manifests []string `json:"manifests"`
}

type checkedPolicy struct {
	Name string `json:"name"`
	// Types are the kinds whose schemas the expressions were checked against.
	Types []string `json:"types"`
	// Faults are expressions that the oldest supported API server does not compile.
	Faults []string `json:"faults"`
	// Warnings are what the API server writes into `status.typeChecking`.
	Warnings []string `json:"warnings"`
}

// oldest is the first version that serves the policies as v1. It accepts what the environment of the
// version before it compiles, so that it can be rolled back.
var oldest = version.MajorMinor(1, 29)

func check(question checkQuestion) ([]checkedPolicy, error) {
	objects, err := decodeManifests(question.Manifests)
	if err != nil {
		return nil, err
	}
	answers := []checkedPolicy{}
	for _, object := range objects {
		if policy, ok := object.(*admissionv1.ValidatingAdmissionPolicy); ok {
			answer, err := checkPolicy(policy)
			if err != nil {
				return nil, err
			}
			answers = append(answers, answer)
		}
	}
	return answers, nil
}

func checkPolicy(policy *admissionv1.ValidatingAdmissionPolicy) (checkedPolicy, error) {
	schemas := &recordingResolver{types: []string{}}
	checker := validating.TypeChecker{SchemaResolver: schemas, RestMapper: restMapper}
	answer := checkedPolicy{Name: policy.Name, Faults: []string{}, Warnings: []string{}}
	for _, warning := range checker.Check(policy) {
		answer.Warnings = append(answer.Warnings, warning.FieldRef+": "+warning.Warning)
	}
	answer.Types = schemas.types
	var err error
	answer.Faults, err = compile(policy)
	return answer, err
}

// compile compiles every expression as the API server does when a policy is created.
func compile(policy *admissionv1.ValidatingAdmissionPolicy) ([]string, error) {
	compiler, err := plugincel.NewCompositedCompiler(environment.MustBaseEnvSet(oldest))
	if err != nil {
		return nil, err
	}
	faults := []string{}
	compileOne := func(place string, result plugincel.CompilationResult) {
		if result.Error != nil {
			faults = append(faults, place+": "+result.Error.Error())
		}
	}
	options := plugincel.OptionalVariableDeclarations{HasAuthorizer: true}
	for _, variable := range policy.Spec.Variables {
		accessor := &validating.Variable{Name: variable.Name, Expression: variable.Expression}
		compileOne(variable.Name, compiler.CompileAndStoreVariable(accessor, options, environment.NewExpressions))
	}
	for _, condition := range policy.Spec.MatchConditions {
		accessor := &validating.ValidationCondition{Expression: condition.Expression}
		compileOne(condition.Name, compiler.CompileCELExpression(accessor, options, environment.NewExpressions))
	}
	for _, validation := range policy.Spec.Validations {
		condition := &validating.ValidationCondition{Expression: validation.Expression}
		compileOne(validation.Expression, compiler.CompileCELExpression(condition, options, environment.NewExpressions))
		if validation.MessageExpression != "" {
			message := &validating.MessageExpressionCondition{MessageExpression: validation.MessageExpression}
			withoutAuthorizer := plugincel.OptionalVariableDeclarations{}
			compileOne(validation.MessageExpression, compiler.CompileCELExpression(message, withoutAuthorizer, environment.NewExpressions))
		}
	}
	return faults, nil
}

var restMapper meta.ResettableRESTMapper = resettable{testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme)}

type resettable struct{ meta.RESTMapper }

func (resettable) Reset() {}

// recordingResolver gives the schemas that client-go ships, and remembers for which kinds it had one.
type recordingResolver struct{ types []string }

func (r *recordingResolver) ResolveSchema(gvk schema.GroupVersionKind) (*spec.Schema, error) {
	resolved, err := schemaOf(gvk)
	if err == nil {
		r.types = append(r.types, gvk.Kind)
	}
	return resolved, err
}

var (
	published   = resolver.ClientDiscoveryResolver{Discovery: embeddedDiscovery{client: openapitest.NewEmbeddedFileClient()}}
	definitions = map[schema.GroupVersionKind]*spec.Schema{}
)

func schemaOf(gvk schema.GroupVersionKind) (*spec.Schema, error) {
	if known, ok := definitions[gvk]; ok {
		return known, nil
	}
	if gvk.Group == rbacv1.GroupName {
		return roleSchema(), nil
	}
	resolved, err := published.ResolveSchema(gvk)
	if err == nil {
		definitions[gvk] = resolved
	}
	return resolved, err
}

// roleSchema is what a rule reads of a Role: client-go ships no schema of that group.
func roleSchema() *spec.Schema {
	rule := spec.Schema{}
	rule.Type = spec.StringOrArray{"object"}
	rule.Properties = map[string]spec.Schema{}
	for _, list := range []string{"apiGroups", "nonResourceURLs", "resourceNames", "resources", "verbs"} {
		rule.Properties[list] = *spec.ArrayProperty(spec.StringProperty())
	}
	role := spec.Schema{}
	role.Type = spec.StringOrArray{"object"}
	role.Properties = map[string]spec.Schema{"rules": *spec.ArrayProperty(&rule)}
	return &role
}

type embeddedDiscovery struct {
	discovery.DiscoveryInterface
	client openapi.Client
}

func (d embeddedDiscovery) OpenAPIV3() openapi.Client { return d.client }
