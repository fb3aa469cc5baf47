package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// result of one load.
type result struct {
	perSecond float64
	cpu       time.Duration // of the server, per request
	p50, p99  time.Duration
	bytes     int // of one answer, as it travelled
	memory    float64
}

// ask makes the n-th request of a load.
type ask func(n int) (*http.Request, error)

// load sends requests over c connections for the given time. Every answer is
// read to its end; one that is not 200 ends the load.
func load(p *process, c int, d time.Duration, a ask, want string) (result, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c, MaxConnsPerHost: c, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if err := probe(client, a, want); err != nil {
		return result{}, err
	}
	before, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	var n, size atomic.Int64
	var failed atomic.Value
	times := make([][]time.Duration, c)
	begin := time.Now()
	var wg sync.WaitGroup
	for w := range c {
		wg.Go(func() {
			for time.Since(begin) < d && failed.Load() == nil {
				start := time.Now()
				got, err := once(client, a, int(n.Add(1)))
				if err != nil {
					failed.Store(err)
					return
				}
				size.Store(got)
				times[w] = append(times[w], time.Since(start))
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	if err, ok := failed.Load().(error); ok {
		return result{}, err
	}
	after, err := p.cpu()
	memory, err2 := p.anonymous()
	all := slices.Concat(times...)
	slices.Sort(all)
	return result{perSecond: float64(len(all)) / took.Seconds(), cpu: (after - before) / time.Duration(len(all)), p50: all[len(all)/2], p99: all[len(all)*99/100],
		bytes: int(size.Load()), memory: memory}, errors.Join(err, err2)
}

func once(client *http.Client, a ask, n int) (int64, error) {
	req, err := a(n)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	size, err := io.Copy(io.Discard, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", req.URL.Path, resp.Status)
	}
	return size, err
}

// probe makes sure that the page is the one that is meant to be measured.
func probe(client *http.Client, a ask, want string) error {
	req, err := a(0)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body := io.Reader(resp.Body)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(resp.Body); err != nil {
			return err
		}
	}
	text, err := io.ReadAll(body)
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(text), want)) {
		err = fmt.Errorf("%s: %s, without %q", req.URL, resp.Status, want)
	}
	return err
}
