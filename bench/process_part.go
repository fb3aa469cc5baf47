package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// process measures start, idle memory and the size of the program.
func (r *rig) process(ctx context.Context) error {
	var idle float64
	var start time.Duration
	err := r.during(ctx, r.big, func(p *process) (err error) {
		time.Sleep(2 * time.Second)
		start = p.start
		idle, err = p.anonymous()
		return err
	})
	if err != nil {
		return err
	}
	var bare time.Duration
	if err := r.baseline(ctx, func(p *process) error { bare = p.start; return nil }); err != nil {
		return err
	}
	db, err := os.Stat(strings.TrimPrefix(r.big.Database, "sqlite:"))
	if err != nil {
		return err
	}
	bin, err := os.Stat(r.binary)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("start to ready, database of %.1f GB", float64(db.Size())/1e9), fmt.Sprintf("%d ms", start.Milliseconds()), fmt.Sprintf("%d ms", bare.Milliseconds()), "<= 150 ms")
	r.add("anonymous memory, idle", fmt.Sprintf("%.0f MiB", idle), "", "<= 50 MiB")
	r.add("program", fmt.Sprintf("%.1f MiB", float64(bin.Size())/(1<<20)), "", "<= 45 MiB")
	return nil
}

// signin measures how other pages fare while 500 people sign in at once.
func (r *rig) signin(ctx context.Context) error {
	return r.during(ctx, r.small, func(p *process) error {
		sessions, err := signInAll(p)
		if err != nil {
			return err
		}
		rest, err := load(p, 2, 3*time.Second, list(p, sessions), "Wohnung 1")
		if err != nil {
			return err
		}
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		var wg sync.WaitGroup
		times := make([]time.Duration, 500)
		for i := range times {
			wg.Go(func() {
				begin := time.Now()
				if _, err := signIn(client, p, host(i), email(0)); err == nil {
					times[i] = time.Since(begin)
				}
			})
		}
		busy, err := load(p, 2, 4*time.Second, list(p, sessions), "Wohnung 1")
		wg.Wait()
		slices.Sort(times)
		r.add("other pages' p99 while 500 sign in", fmt.Sprintf("%d ms", busy.p99.Milliseconds()), fmt.Sprintf("%d ms at rest", rest.p99.Milliseconds()), "<= 300 ms")
		r.add("those sign-ins, p50 / slowest", fmt.Sprintf("%d / %d ms", times[250].Milliseconds(), times[499].Milliseconds()), "", "")
		return err
	})
}
