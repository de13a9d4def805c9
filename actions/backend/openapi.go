package backend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/endpoint"
)

// A Served is an action that a backend answers, with its address.
type Served struct {
	Contract engine.Contract
	To       endpoint.Template
}

type object = map[string]any

// OpenAPI returns the OpenAPI 3.1 document of what a backend has to answer: a path for
// each address, and schemas of requests and answers. Its team generates stubs from it.
// base is the address below which the check of signatures is answered; zero for none.
func OpenAPI(title string, list []Served, base endpoint.Template) ([]byte, error) {
	paths, schemas := object{}, object{"error": object{
		"type": "object", "description": "Why the request was refused, for the log of the backend's team.",
		"properties": object{"error": object{"type": "string"}},
	}}
	for _, s := range list {
		c := s.Contract
		schemas[c.Name+"_request"], schemas[c.Name+"_answer"] = requestSchema(&c), answerSchema(&c)
		server, path := serverAndPath(s.To)
		item, _ := paths[path].(object)
		if item == nil {
			item = object{"servers": []object{server}}
			paths[path] = item
		}
		addOperation(item, &c)
	}
	if base != (endpoint.Template{}) {
		server, path := serverAndPath(base.Join(checkPath))
		paths[path] = object{"servers": []object{server}, "post": checkOperation()}
	}
	doc := object{
		"openapi": "3.1.0",
		"info": object{"title": title, "version": "1", "description": "What a backend answers so that PayTrace can serve these actions. " +
			"Requests are signed as Standard Webhooks say (https://www.standardwebhooks.com)."},
		"paths":      paths,
		"components": object{"schemas": schemas, "parameters": parameters()},
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(doc)
	return b.Bytes(), err
}

// serverAndPath divides an address as OpenAPI does. The server of a setting is a variable.
func serverAndPath(t endpoint.Template) (server object, path string) {
	path = t.Rest
	if t.Setting != "" {
		server = object{"url": "{" + t.Setting + "}", "variables": object{t.Setting: object{
			"default": "http://127.0.0.1:8000", "description": "The value of the setting " + t.Setting + ".",
		}}}
	} else {
		u, err := url.Parse(t.Rest)
		if err != nil {
			u = &url.URL{}
		}
		server, path = object{"url": u.Scheme + "://" + u.Host}, u.Path
	}
	if path == "" {
		path = "/"
	}
	return server, path
}

// addOperation adds an action to the operation of its path. Several actions may have one
// path: the body's "action" tells them apart.
func addOperation(item object, c *engine.Contract) {
	request, answer := ref(c.Name+"_request"), ref(c.Name+"_answer")
	if op, ok := item["post"].(object); ok {
		op["summary"] = "Answers several actions, by \"action\"."
		delete(op, "description")
		op["operationId"] = fmt.Sprintf("%s_%s", op["operationId"], c.Name)
		oneMore(op["requestBody"].(object), request)
		oneMore(op["responses"].(object)["200"].(object), answer)
		return
	}
	responses := refusals()
	responses["200"] = object{"description": "How the action ended. A repeat of the Idempotency-Key gets the same answer.", "content": content(answer)}
	op := object{
		"operationId": c.Name, "summary": c.Name, "description": about(c),
		"parameters":  []object{parameter("IdempotencyKey"), parameter("WebhookID"), parameter("WebhookTimestamp"), parameter("WebhookSignature")},
		"requestBody": object{"required": true, "content": content(request)},
		"responses":   responses,
	}
	item["post"] = op
}

func about(c *engine.Contract) string {
	words := []string{c.About}
	if c.Reads {
		words = append(words, "It changes nothing.")
	} else {
		words = append(words, "It is done once for an Idempotency-Key.")
	}
	words = append(words, fmt.Sprintf("It is answered within %v.", c.Takes))
	return strings.TrimSpace(strings.Join(words, " "))
}

// oneMore adds a schema to the content of a body.
func oneMore(body, schema object) {
	media := body["content"].(object)["application/json"].(object)
	before := media["schema"].(object)
	if list, ok := before["anyOf"].([]object); ok {
		before["anyOf"] = append(list, schema)
		return
	}
	media["schema"] = object{"anyOf": []object{before, schema}}
}

func refusals() object {
	refusal := func(what string) object { return object{"description": what, "content": content(ref("error"))} }
	return object{
		"400": refusal("The values are not those of the contract. Nothing was done."),
		"401": refusal("The signature is missing, wrong or older than five minutes. Nothing was done."),
		"409": refusal("The Idempotency-Key belongs to another request. Nothing was done for this one."),
		"413": refusal("The request is too long. Nothing was done."),
	}
}

func content(schema object) object { return object{"application/json": object{"schema": schema}} }

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func parameter(name string) object { return object{"$ref": "#/components/parameters/" + name} }

func parameters() object {
	header := func(name, what string, required bool) object {
		return object{"name": name, "in": "header", "required": required, "description": what, "schema": object{"type": "string"}}
	}
	return object{
		"IdempotencyKey":   header(keyHeader, "Names this run of the action. The same key is the same run: do it once, store the answer, and repeat it.", true),
		"WebhookID":        header("webhook-id", "The first part of what is signed. It is the Idempotency-Key.", true),
		"WebhookTimestamp": header("webhook-timestamp", "Seconds since 1970, the second part of what is signed. Refuse one that is more than five minutes old.", true),
		"WebhookSignature": header("webhook-signature", "One or more of v1,BASE64, with spaces between: HMAC-SHA256 of ID.TIMESTAMP.BODY. One must be right. It is missing where ACTIONS_KEY is not set.", false),
	}
}

// requestSchema describes a request's body.
func requestSchema(c *engine.Contract) object {
	values := object{}
	for _, p := range c.Params {
		values[p.Name] = typeSchema(&p.Type)
	}
	return object{
		"type": "object", "required": []string{"action", "service", "caller", "language", "call", "values"},
		"properties": object{
			"action":   object{"const": c.Name},
			"service":  object{"type": "string", "description": "The code of the menu, as *384*8481#."},
			"caller":   object{"type": "string", "description": "The number of the caller, for which the network vouches.", "pattern": `^(\+[1-9][0-9]{6,14})?$`},
			"language": object{"type": "string", "description": "The caller's language, as sw."},
			"call":     object{"type": "string", "description": "An opaque name of the call."},
			"again":    object{"type": "boolean", "description": "The service asks again for an outcome that it does not know. Secrets are left out. Answer what is stored for the Idempotency-Key; if nothing is and a secret is needed, answer \"failed\", and never do it later."},
			"values":   object{"type": "object", "description": "The values of the action. One that is not set is left out.", "properties": values},
		},
	}
}

// answerSchema describes an answer's body: one form for each outcome.
func answerSchema(c *engine.Contract) object {
	var forms []object
	for _, o := range c.Outcomes {
		values, names := object{}, []string{}
		for _, f := range o.Gives {
			values[f.Name] = typeSchema(&f.Type)
			if !f.Type.Optional {
				names = append(names, f.Name)
			}
		}
		form := object{"type": "object", "title": o.Name, "required": []string{"outcome"}, "properties": object{"outcome": object{"const": o.Name}}}
		if len(values) > 0 {
			form["properties"].(object)["values"] = object{"type": "object", "properties": values, "required": names}
		}
		if len(names) > 0 {
			form["required"] = []string{"outcome", "values"}
		}
		forms = append(forms, form)
	}
	general := object{
		"type": "object", "title": "general", "required": []string{"outcome"},
		"properties": object{"outcome": object{
			"enum": engine.GeneralOutcomes(c.Reads), "description": generalWords(c.Reads),
		}},
	}
	return object{"oneOf": append(forms, general)}
}

func generalWords(reads bool) string {
	words := "failed: surely nothing happened. limited: the caller did this too often, and nothing happened."
	if !reads {
		words += " pending: it was taken, and its outcome comes later; the service asks again."
	}
	return words
}

// typeSchema describes a value.
func typeSchema(t *engine.Type) object {
	switch t.Kind {
	case engine.KindMoney:
		return object{"type": "integer", "minimum": t.Lo, "maximum": t.Hi, "description": "Whole cents."}
	case engine.KindNumber:
		return object{"type": "integer", "minimum": t.Lo, "maximum": t.Hi}
	case engine.KindDate:
		return object{"type": "string", "format": "date"}
	case engine.KindPhone:
		return object{"type": []string{"string", "null"}, "pattern": `^\+[1-9][0-9]{6,14}$`, "description": "A phone number as E.164 writes it; null for none."}
	case engine.KindChoice:
		return object{"type": "string", "enum": t.Options}
	case engine.KindSecret:
		s := object{"type": "string", "format": "password", "maxLength": t.Width, "description": "A secret: store and log it nowhere."}
		if t.Digits > 0 {
			s["pattern"] = fmt.Sprintf("^[0-9]{%d}$", t.Digits)
		}
		return s
	case engine.KindRecord:
		return recordSchema(t)
	case engine.KindList:
		return object{"type": "array", "maxItems": engine.MaxRows, "items": recordSchema(t)}
	}
	return textSchema(t)
}

// textSchema describes a text, and its form where a JSON Schema can say it. Letters of
// every script are left to the description.
func textSchema(t *engine.Type) object {
	s := object{"type": "string", "maxLength": t.Width}
	switch t.Form.Kind {
	case engine.FormAny:
		return s
	case engine.FormDigits:
		s["pattern"] = fmt.Sprintf("^[0-9]{%d,%d}$", t.Form.Least, t.Width)
	default:
		s["minLength"] = max(t.Form.Least, 1)
	}
	s["description"] = "Of the form: " + t.String() + "."
	return s
}

func recordSchema(t *engine.Type) object {
	fields, names := object{}, []string{}
	for _, f := range t.Fields {
		fields[f.Name] = typeSchema(&f.Type)
		if !f.Type.Optional {
			names = append(names, f.Name)
		}
	}
	return object{"type": "object", "title": t.Record, "properties": fields, "required": names}
}

// checkPath is the path, below serve_at, of the request that checks a backend.
const checkPath = "/verify"

// checkAction is the "action" of that request.
const checkAction = "verify"

func checkOperation() object {
	return object{
		"operationId": checkAction, "summary": "Checks the signature, and does nothing.",
		"description": "paytrace doctor and paytrace actions verify send it, with a right signature and with a wrong one.",
		"parameters":  []object{parameter("IdempotencyKey"), parameter("WebhookID"), parameter("WebhookTimestamp"), parameter("WebhookSignature")},
		"requestBody": object{"required": true, "content": content(object{"type": "object", "properties": object{"action": object{"const": checkAction}}})},
		"responses": object{
			"200": object{"description": "The backend works and accepts the signature.", "content": content(object{
				"type": "object", "required": []string{"outcome"}, "properties": object{"outcome": object{"const": checkOutcome}},
			})},
			"401": object{"description": "The signature is missing, wrong or older than five minutes.", "content": content(ref("error"))},
		},
	}
}

// checkOutcome is the outcome of that request.
const checkOutcome = "ok"
