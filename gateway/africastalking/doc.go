// Package africastalking speaks the USSD callbacks of Africa's Talking: a form
// posted for every screen with all the caller typed so far in text, and an
// answer that begins with CON or END.
//
// Facts that are not in the aggregator's own pages come from sandbox captures;
// testdata has bodies of the same shape.
package africastalking
