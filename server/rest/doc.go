// Package rest is the API for programs: what the web application and other
// services of the team call. It runs the same actions as the menus, for whoever
// holds a key, and touches no account itself.
//
// server/openapi.json describes it. Every answer that is no success is a problem
// document (RFC 9457).
package rest
