// Package gateway is the inbound edge: it turns an aggregator's callback into
// an engine.Request and the engine's screen into the aggregator's answer. A
// folder below holds one aggregator; this one holds what they share: the
// contract, the limits, and the strict reading of forms, texts and numbers.
//
// It knows no HTTP library. The server hands it the parts of a request as plain
// values and writes the parts of a response.
package gateway
