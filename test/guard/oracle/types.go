package main

import (
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

type typesQuestion struct {
	// Kinds are "apps/v1 Deployment" and the like.
	Kinds []string `json:"kinds"`
}

// typesAnswer is what a conversion to unstructured content depends on: of each field its type, and whether it is
// there when it is empty.
type typesAnswer struct {
	// Kinds has the type of each kind.
	Kinds map[string]string            `json:"kinds"`
	Types map[string]map[string]string `json:"types"`
}

// types describes Go types of k8s.io/api. The type of a field is "s" (a string), "b" (a boolean), "n" (a number),
// "q" (a quantity), "x" (a value that is kept as it is), the name of another type, "[" and the type of items, "{" and
// the type of values, or "*" and the type that a pointer leads to. A "!" follows if the field is never left out.
func types(question typesQuestion) (typesAnswer, error) {
	collected := collector{names: map[reflect.Type]string{}, types: map[string]map[string]string{}}
	kinds := map[string]string{}
	for _, kind := range question.Kinds {
		version, name, _ := strings.Cut(kind, " ")
		object, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(version, name))
		if err != nil {
			return typesAnswer{}, err
		}
		kinds[kind] = collected.name(reflect.TypeOf(object).Elem())
	}
	return typesAnswer{Kinds: kinds, Types: collected.types}, nil
}

type collector struct {
	names map[reflect.Type]string
	types map[string]map[string]string
}

func (c *collector) name(t reflect.Type) string {
	if name, ok := c.names[t]; ok {
		return name
	}
	name := t.Name()
	for i := 2; c.types[name] != nil; i++ {
		name = fmt.Sprintf("%s%d", t.Name(), i)
	}
	c.names[t] = name
	fields := map[string]string{}
	c.types[name] = fields
	c.addFields(t, fields)
	return name
}

func (c *collector) addFields(t reflect.Type, fields map[string]string) {
	for i := range t.NumField() {
		field := t.Field(i)
		items := strings.Split(field.Tag.Get("json"), ",")
		if items[0] == "-" {
			continue
		}
		if items[0] == "" && field.Anonymous {
			c.addFields(field.Type, fields)
			continue
		}
		code := c.code(field.Type)
		if !has(items[1:], "omitempty") && !has(items[1:], "omitzero") {
			code += "!"
		}
		fields[items[0]] = code
	}
}

func (c *collector) code(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64:
		return "n"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "s"
		}
		return "[" + c.code(t.Elem())
	case reflect.Map:
		return "{" + c.code(t.Elem())
	case reflect.Pointer:
		return "*" + c.code(t.Elem())
	case reflect.Struct:
		if t.Name() == "Quantity" {
			return "q"
		}
		if _, ok := reflect.New(t).Interface().(interface{ MarshalJSON() ([]byte, error) }); ok {
			return "x"
		}
		return c.name(t)
	default:
		return "x"
	}
}

func has(items []string, wanted string) bool {
	for _, item := range items {
		if item == wanted {
			return true
		}
	}
	return false
}
