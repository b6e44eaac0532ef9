// Package check holds what the programs of both generations share: parts that are reported, and a browser.
package check

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"reflect"
)

const (
	Callback = "https://photos.example/callback"
	Goodbye  = "https://photos.example/goodbye"
	Secret   = "photos-secret"
	Scope    = "openid offline photos.read"
)

// Part runs checks and prints one JSON line about them; the program ends with 1 at the first that fails.
func Part(name string, checks func()) {
	defer func() {
		report := map[string]any{"part": name, "ok": true}
		problem := recover()
		if problem != nil {
			report = map[string]any{"part": name, "ok": false, "problem": fmt.Sprint(problem)}
		}
		line, _ := json.Marshal(report)
		fmt.Println(string(line))
		if problem != nil {
			os.Exit(1)
		}
	}()
	checks()
}

// Must is the value of a call that is to succeed; models that cannot hold the answer make it fail.
func Must[T any](value T, answer *http.Response, err error) T {
	Done(answer, err)
	return value
}

// Done is Must for calls without a value.
func Done(answer *http.Response, err error) {
	if err == nil {
		return
	}
	body := []byte{}
	if answer != nil {
		body, _ = io.ReadAll(answer.Body)
	}
	panic(fmt.Sprintf("%v: %s", err, body))
}

// Refused asserts the status that a call was refused with.
func Refused[T any](status int) func(T, *http.Response, error) {
	return func(_ T, answer *http.Response, err error) {
		if err == nil || answer == nil || answer.StatusCode != status {
			panic(fmt.Sprintf("%d was expected, but there is %v (%v)", status, answer, err))
		}
	}
}

// Same asserts that two values are equal.
func Same(what string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		panic(fmt.Sprintf("%s: %#v instead of %#v", what, got, want))
	}
}

// True asserts.
func True(what string, holds bool) {
	Same(what, holds, true)
}

// Made is a model of the SDK with these members.
func Made[T any](members map[string]any) T {
	var value T
	text, _ := json.Marshal(members)
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}

// Photos are the members of a client that logs people in.
func Photos(id string) map[string]any {
	return map[string]any{
		"client_id":                 id,
		"client_secret":             Secret,
		"grant_types":               []string{"authorization_code", "refresh_token", "client_credentials"},
		"response_types":            []string{"code"},
		"scope":                     Scope,
		"redirect_uris":             []string{Callback},
		"post_logout_redirect_uris": []string{Goodbye},
	}
}

// Browser keeps cookies and follows nothing by itself.
type Browser struct {
	client http.Client
}

// NewBrowser has an empty jar.
func NewBrowser() *Browser {
	jar, _ := cookiejar.New(nil)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{http.Client{Jar: jar, CheckRedirect: stay}}
}

// Location is where the page at this address redirects.
func (browser *Browser) Location(address string) string {
	page, err := browser.client.Get(address)
	if err != nil {
		panic(err)
	}
	defer page.Body.Close()
	location, err := page.Location()
	if err != nil {
		body, _ := io.ReadAll(page.Body)
		panic(fmt.Sprintf("no redirect, but %d at %s: %s", page.StatusCode, address, body))
	}
	return location.String()
}

// Told is a parameter of the address that a page redirects to.
func (browser *Browser) Told(address, parameter string) string {
	location, _ := url.Parse(browser.Location(address))
	value := location.Query().Get(parameter)
	if value == "" {
		panic(fmt.Sprintf("no %s in %s", parameter, location))
	}
	return value
}

// AuthorizationURL is where a client sends the browser to.
func AuthorizationURL(publicURL, clientID string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {Callback}, "scope": {Scope},
		"state": {"a-state-that-is-long-enough"}, "login_hint": {"ada@photos.example"},
	}
	return publicURL + "/oauth2/auth?" + query.Encode()
}

// LogoutURL is where a client sends the browser to end its session.
func LogoutURL(publicURL, idToken string) string {
	query := url.Values{"id_token_hint": {idToken}, "post_logout_redirect_uri": {Goodbye}, "state": {"bye"}}
	return publicURL + "/oauth2/sessions/logout?" + query.Encode()
}
