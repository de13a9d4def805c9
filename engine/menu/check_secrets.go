package menu

import "fmt"

// secretsShown is U501: no screen shows a secret.
func (c *checker) secretsShown() {
	for _, u := range c.uses {
		if v := c.values[u.name]; v != nil && v.secret && u.purpose == shown {
			c.find(u.at, fmt.Sprintf("%s is a secret and cannot be shown.", quote(u.at.Value)), "Take it out of the text.", noted(v.from)...)
		}
	}
}

// secretsSent is U502: no SMS holds a secret.
func (c *checker) secretsSent() {
	for _, u := range c.uses {
		if v := c.values[u.name]; v != nil && v.secret && u.purpose == sent {
			c.find(u.at, fmt.Sprintf("%s is a secret and cannot go into an SMS.", quote(u.at.Value)), "Take it out of the message.", noted(v.from)...)
		}
	}
}
