package main

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/admission"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type evaluation struct {
	Level   string `json:"level"`
	Version string `json:"version"`
	YAML    []byte `json:"yaml"`
}

type verdict struct {
	Allowed   bool        `json:"allowed"`
	Forbidden []violation `json:"forbidden"`
	// Error says why there is no verdict: the object cannot be decoded, or has no pod.
	Error string `json:"error,omitempty"`
}

type violation struct {
	Check  policy.CheckID `json:"check"`
	Reason string         `json:"reason"`
	Detail string         `json:"detail"`
}

// evaluator is the standards' own, which keeps no check's id in its results: evaluated has those of
// the checks that ran last, in the order of the results.
type evaluator struct {
	policy.Evaluator
	evaluated []policy.CheckID
}

func newEvaluator() (*evaluator, error) {
	oracle := &evaluator{}
	checks := policy.DefaultChecks()
	for _, check := range checks {
		for i := range check.Versions {
			checkPod := check.Versions[i].CheckPod
			check.Versions[i].CheckPod = func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				oracle.evaluated = append(oracle.evaluated, check.ID)
				return checkPod(metadata, spec)
			}
		}
	}
	var err error
	oracle.Evaluator, err = policy.NewEvaluator(checks, nil)
	return oracle, err
}

func (e *evaluator) evaluate(question evaluation) verdict {
	level, err := api.ParseLevel(question.Level)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	version, err := api.ParseVersion(question.Version)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(question.YAML, nil, nil)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	metadata, spec, err := admission.DefaultPodSpecExtractor{}.ExtractPodSpec(object)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	if spec == nil {
		return verdict{Allowed: true, Forbidden: []violation{}}
	}
	return e.evaluatePod(api.LevelVersion{Level: level, Version: version}, metadata, spec)
}

func (e *evaluator) evaluatePod(level api.LevelVersion, metadata *metav1.ObjectMeta, spec *corev1.PodSpec) verdict {
	defaultVolumes(spec)
	e.evaluated = e.evaluated[:0]
	answer := verdict{Allowed: true, Forbidden: []violation{}}
	for i, result := range e.EvaluatePod(level, metadata, spec) {
		if !result.Allowed {
			answer.Allowed = false
			answer.Forbidden = append(answer.Forbidden, violation{e.evaluated[i], result.ForbiddenReason, result.ForbiddenDetail})
		}
	}
	return answer
}

// defaultVolumes makes a volume without a source an emptyDir, as the API server does before it asks:
// the one default that decides a verdict.
func defaultVolumes(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}
