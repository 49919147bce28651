package main

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v2"
)

// readLots tells whether chance decides some value: sigs.k8s.io/yaml turns the keys of a mapping into
// texts in Go's random order, so that of `1: a` and `"1": b` either may come last.
func readLots(text []byte) (any, error) {
	for _, document := range helmSeparator.Split(strings.TrimSpace(string(text)), -1) {
		var value any
		if yaml.Unmarshal([]byte(document), &value) == nil && collides(value) {
			return true, nil
		}
	}
	return false, nil
}

func collides(value any) bool {
	switch node := value.(type) {
	case map[any]any:
		names := map[string]bool{}
		for key, child := range node {
			name := keyName(key)
			if names[name] || collides(child) {
				return true
			}
			names[name] = true
		}
	case []any:
		for _, child := range node {
			if collides(child) {
				return true
			}
		}
	}
	return false
}

// keyName spells a key as sigs.k8s.io/yaml does; kinds that it refuses have no name.
func keyName(key any) string {
	switch key := key.(type) {
	case string:
		return key
	case int:
		return strconv.Itoa(key)
	case float64:
		return strconv.FormatFloat(key, 'g', -1, 32)
	case bool:
		return strconv.FormatBool(key)
	}
	return ""
}
