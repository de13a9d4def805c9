// Command paytrace is the PayTrace service and the tools of the people who make
// its menus.
package main

import "github.com/paytrace/paytrace/service"

func main() { service.Main() }
