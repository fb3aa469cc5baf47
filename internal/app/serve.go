package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// shutdownTime is how long requests in hand may take after the signal to stop.
const shutdownTime = 25 * time.Second

// Serve runs jobs and servers until ctx ends, then stops in order: not ready
// any more → no new connections → requests in hand end → jobs in hand end.
// listening is called with the portal's address once it accepts connections.
func (a *App) Serve(ctx context.Context, listening func(addr string)) error {
	if os.Getenv("GOGC") == "" {
		// A page leaves some hundred KiB behind, and little else is alive: 30 MiB
		// more save an eighth of the processor's time.
		debug.SetGCPercent(400)
	}
	if err := a.warnAll(ctx); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: a.Handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn)}
	stopMetrics, err := a.serveMetrics()
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer stopMetrics()
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { a.Queue.Run(work, workers) })
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	a.ready.Store(true)
	a.Log.Info("listening", "addr", ln.Addr().String())
	if listening != nil {
		listening(ln.Addr().String())
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		a.Log.Info("stopping")
		a.ready.Store(false)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.patience)
		if err = srv.Shutdown(end); errors.Is(err, context.DeadlineExceeded) { // whoever still has not finished is not waited for
			a.Log.Warn("connections broken off at the end")
			err = srv.Close()
		}
		cancel()
	}
	stopWork()
	wg.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// warnAll notes each organisation whose links would travel in the clear.
func (a *App) warnAll(ctx context.Context) error {
	if a.cfg.secure() || a.cfg.BaseURLGiven {
		return nil
	}
	list, err := a.Orgs.All(ctx)
	for _, o := range list {
		if err := a.cfg.safeLinks(a.Orgs.Origin(o)); err != nil {
			a.Log.Warn("links are not safe", "org", o.ID, "err", err)
		}
	}
	return err
}

// workers is how many jobs one process runs at a time.
const workers = 2

func (a *App) serveMetrics() (stop func(), err error) {
	if a.cfg.MetricsListen == "" {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", a.cfg.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics, promhttp.HandlerOpts{}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			a.Log.Error("metrics", "err", err)
		}
	}()
	return func() { srv.Close() }, nil
}
