package syntax

import "github.com/paytrace/paytrace/engine"

// Profile holds what an aggregator in a country does with screens and sessions.
type Profile struct {
	Name     string
	Country  string // region of numbers typed without a country code
	Timezone string
	Currency string
	Limits   engine.Limits
}

// Profiles lists the gateways a menu may name; the first is the default.
//
// Sources: Africa's Talking help, articles 1284071 and 1284096 (Safaricom shows
// 160 characters and pages what is longer by itself, with 98 and 00); 3GPP TS
// 23.038 for 160 octets being 182 septets or 80 UCS-2 units; Nalo's document for 120. The
// gateways without a country in their name have the profile of their gateway.yaml.
var Profiles = []Profile{
	{Name: "africastalking-ke", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "africastalking-ug", Country: "UG", Timezone: "Africa/Kampala", Currency: "UGX", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "africastalking-tz", Country: "TZ", Timezone: "Africa/Dar_es_Salaam", Currency: "TZS", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "africastalking-rw", Country: "RW", Timezone: "Africa/Kigali", Currency: "RWF", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "africastalking-mw", Country: "MW", Timezone: "Africa/Blantyre", Currency: "MWK", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "safaricom", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "advanta", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "airtel", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "arkesel", Country: "GH", Timezone: "Africa/Accra", Currency: "GHS", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "cellulant", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "crossgate", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "dmark", Country: "UG", Timezone: "Africa/Kampala", Currency: "UGX", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "hollatags", Country: "NG", Timezone: "Africa/Lagos", Currency: "NGN", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "hubtel", Country: "GH", Timezone: "Africa/Accra", Currency: "GHS", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "infobip", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "moolre", Country: "GH", Timezone: "Africa/Accra", Currency: "GHS", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "nalo", Country: "GH", Timezone: "Africa/Accra", Currency: "GHS", Limits: engine.Limits{Septets: 120, Units: 52}},
	{Name: "techsavanna", Country: "KE", Timezone: "Africa/Nairobi", Currency: "KES", Limits: engine.Limits{Septets: 160, Units: 70}},
	{Name: "truroute", Country: "MW", Timezone: "Africa/Blantyre", Currency: "MWK", Limits: engine.Limits{Septets: 160, Units: 70}},
}

// ProfileNamed returns a gateway's profile, and whether there is one; the default
// where a menu names none.
func ProfileNamed(name string) (Profile, bool) {
	if name == "" {
		return Profiles[0], true
	}
	for _, p := range Profiles {
		if p.Name == name {
			return p, true
		}
	}
	return Profiles[0], false
}

// HomeOf returns the country of the numbers that callers type without a country code:
// the menu's own where it names one, otherwise the gateway's.
func HomeOf(f *File) string {
	if country := f.Session.Country.Value; country != "" {
		return country
	}
	profile, _ := ProfileNamed(f.Session.Gateway.Value)
	return profile.Country
}

// LimitsOf returns the limits of a menu's screens: its own where it sets one,
// otherwise the gateway's. Characters outside GSM-7 take 16 bits instead of 7.
func LimitsOf(f *File) engine.Limits {
	profile, _ := ProfileNamed(f.Session.Gateway.Value)
	limits := profile.Limits
	if n := f.Limits.Screen.N; n > 0 {
		limits = engine.Limits{Septets: n, Units: n * profile.Limits.Units / profile.Limits.Septets}
	}
	return limits
}
