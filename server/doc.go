// Package server is the one place that speaks HTTP: the gateway's callbacks,
// health and readiness, the API's description and its page, and whatever other
// handlers it is given to mount.
//
// A gateway that gets anything but a screen ends its caller's session, so once a
// callback is readable it is answered with one, faults included. What is not
// well-formed HTTP is refused before it reaches a route.
package server
