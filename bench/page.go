package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

const listPath = "/verwaltung/liegenschaften/p0"

// page measures the list of a property's residents, 25 rows, signed in, with
// all middleware, over 2,000 rotating sessions.
func (r *rig) page(ctx context.Context) error {
	var base, small, one, big, long result
	err := r.baseline(ctx, func(p *process) (err error) {
		base, err = load(p, 16, 4*time.Second, func(int) (*http.Request, error) { return to(p, "localhost", "GET", "/", "") }, "xxx")
		return err
	})
	if err != nil {
		return err
	}
	err = r.during(ctx, r.small, func(p *process) (err error) {
		sessions, err := signInAll(p)
		if err != nil {
			return err
		}
		if small, err = load(p, 16, 6*time.Second, list(p, sessions), "Wohnung 1"); err != nil {
			return err
		}
		one, err = load(p, 1, 4*time.Second, list(p, sessions), "Wohnung 1")
		return err
	})
	if err != nil {
		return err
	}
	err = r.during(ctx, r.big, func(p *process) (err error) {
		sessions, err := signInAll(p)
		if err != nil {
			return err
		}
		if big, err = load(p, 16, 6*time.Second, list(p, sessions), "Wohnung 1"); err != nil {
			return err
		}
		long, err = load(p, 1, 3*time.Second, list(p, sessions[len(sessions)-staffPerOrg:]), "Wohnung 1")
		return err
	})
	ms := func(d time.Duration) string { return fmt.Sprintf("%.3f ms", float64(d)/1e6) }
	r.add("residents' table, CPU per request at 16 connections", ms(small.cpu), ms(base.cpu), "<= 2.0 ms (ADR 3)")
	r.add("residents' table, CPU per request alone", ms(one.cpu), ms(base.cpu), "<= 1.2 ms (ADR 3)")
	r.add("residents' table, requests/s at 16 connections", fmt.Sprintf("%.0f (%.2f x)", small.perSecond, small.perSecond/base.perSecond), fmt.Sprintf("%.0f", base.perSecond), "")
	r.add("residents' table, p50 / p99 at 16", ms(small.p50)+" / "+ms(small.p99), ms(base.p50)+" / "+ms(base.p99), "p99 <= 50 ms (ADR 3)")
	r.add("residents' table, p50 / p99 at 1", ms(one.p50)+" / "+ms(one.p99), "", "")
	r.add("residents' table, bytes (gzip)", fmt.Sprint(small.bytes), fmt.Sprint(base.bytes), "")
	r.add("residents' table, 100 x the data, CPU", fmt.Sprintf("%s (%.2f x)", ms(big.cpu), float64(big.cpu)/float64(small.cpu)), ms(small.cpu), "<= 1.3 x")
	r.add("residents' table of one property with 4,000 residents, CPU", ms(long.cpu), "", "")
	r.add("anonymous memory under the page load", fmt.Sprintf("%.0f MiB", small.memory), fmt.Sprintf("%.0f MiB", base.memory), "<= 150 MiB")
	return err
}

var visitors atomic.Int64

type session struct{ host, cookie string }

func list(p *process, sessions []session) ask {
	return func(n int) (*http.Request, error) {
		s := sessions[n%len(sessions)]
		req, err := to(p, s.host, "GET", listPath, "")
		if err == nil {
			req.Header.Set("Cookie", s.cookie)
			req.Header.Set("Accept-Encoding", "gzip")
		}
		return req, err
	}
}

// signInAll signs every staff member of every organisation in, as a browser
// would.
func signInAll(p *process) ([]session, error) {
	out := make([]session, orgCount*staffPerOrg)
	work := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 4 {
		wg.Go(func() {
			for i := range work {
				s, err := signIn(client, p, host(i/staffPerOrg), email(i%staffPerOrg))
				mu.Lock()
				if out[i] = s; err != nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	for i := range out {
		work <- i
	}
	close(work)
	wg.Wait()
	return out, failed
}

func signIn(client *http.Client, p *process, host, email string) (session, error) {
	req, err := to(p, host, "POST", "/verwaltung/anmelden", url.Values{"email": {email}, "password": {password}}.Encode())
	if err != nil {
		return session{}, err
	}
	// Everybody sits at home: from one address so many sign-ins would be slowed down.
	n := visitors.Add(1)
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.%d.%d.%d", 18+n>>16&1, n>>8&255, n&255))
	resp, err := client.Do(req)
	if err != nil {
		return session{}, err
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Value != "" && resp.StatusCode == http.StatusSeeOther {
			return session{host, c.Name + "=" + c.Value}, nil
		}
	}
	return session{}, fmt.Errorf("sign-in at %s answered %s", host, resp.Status)
}
