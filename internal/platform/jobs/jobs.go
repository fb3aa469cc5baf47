package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// Job is one piece of work in a handler's hands.
type Job struct {
	ID      string
	Org     string
	Kind    string
	Key     string
	Attempt int // 1 at the first
	args    string
	hold    string // names this claim in the row, so that a lost one cannot end its successor
	queue   *Queue
}

// Args decodes what Enqueue was given.
func (j Job) Args(into any) error { return json.Unmarshal([]byte(j.args), into) }

// Handler does one job. by is the product itself, in the job's organisation.
// It must be idempotent.
type Handler func(ctx context.Context, by actor.Actor, job Job) error

// Kind says how jobs of one name are run.
type Kind struct {
	Run      Handler
	Attempts int           // at most; 0 means 10
	Every    time.Duration // > 0 makes it a schedule of every organisation; after a failure it comes again sooner, by Backoff
	Backoff  func(attempt int) time.Duration
}

// Queue runs jobs. Register all kinds before Run.
type Queue struct {
	db     *store.DB
	now    func() time.Time
	log    *slog.Logger
	mu     sync.Mutex
	kinds  map[string]Kind
	inHand map[string]bool // the claims of this process
}

// leaseTime is how long a silent worker keeps its job; heartbeats come three
// times as often.
const leaseTime = 30 * time.Second

// New returns a queue over a database.
func New(db *store.DB, now func() time.Time, log *slog.Logger) *Queue {
	return &Queue{db: db, now: now, log: log, kinds: map[string]Kind{}, inHand: map[string]bool{}}
}

// Register names a kind of job. It panics on a name taken.
func (q *Queue) Register(name string, k Kind) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, ok := q.kinds[name]; ok {
		panic("jobs: kind registered twice: " + name)
	}
	if k.Attempts == 0 {
		k.Attempts = 10
	}
	if k.Backoff == nil {
		k.Backoff = func(n int) time.Duration { return min(time.Duration(n*n)*5*time.Second, 6*time.Hour) }
	}
	q.kinds[name] = k
}

func (q *Queue) kind(name string) Kind {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.kinds[name]
}

// Enqueue writes a job of the transaction's organisation, due at runAt. A job
// with a key is not written when one of the same kind and key still waits.
// args is kept as JSON and must not hold secrets.
func Enqueue(tx *store.Tx, kind, key string, args any, runAt time.Time) error {
	data, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("arguments of job %s: %w", kind, err)
	}
	tx.Wake()
	_, err = store.Exec(tx, insert, store.NewID(), kind, key, string(data), store.Micros(runAt))
	return err
}

// Run works with n workers until ctx ends, then waits for the jobs in hand.
func (q *Queue) Run(ctx context.Context, n int) {
	var wg sync.WaitGroup
	wake := make(chan struct{}, n)
	for range n {
		wg.Go(func() { q.work(ctx, wake) })
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	plan := time.NewTicker(time.Minute)
	defer plan.Stop()
	q.plan(ctx)
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return
		case <-plan.C:
			q.plan(ctx)
		case <-tick.C:
		case <-q.db.Woken():
		}
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

func (q *Queue) work(ctx context.Context, wake chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		for ctx.Err() == nil {
			did, err := q.one(ctx, q.all())
			if err != nil && ctx.Err() == nil {
				q.log.Error("jobs: claim", "err", err)
			}
			if !did {
				break
			}
			select { // more may be due: let a sleeping worker help
			case wake <- struct{}{}:
			default:
			}
		}
	}
}

// plan puts the schedules' rows in place.
func (q *Queue) plan(ctx context.Context) {
	if err := q.Plan(ctx); err != nil && ctx.Err() == nil {
		q.log.Error("jobs: plan", "err", err)
	}
}

// Plan writes the missing rows of all schedules for all organisations.
func (q *Queue) Plan(ctx context.Context) error {
	q.mu.Lock()
	var names []string
	for name, k := range q.kinds {
		if k.Every > 0 {
			names = append(names, name)
		}
	}
	q.mu.Unlock()
	for _, name := range names {
		if err := q.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
			orgs, err := store.List[string](tx, unplanned, name)
			if err != nil {
				return err
			}
			for _, org := range orgs {
				if _, err := store.Exec(tx, insertGlobal, org, store.NewID(), name, "schedule", "{}", store.Micros(q.now())); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// Drain runs everything that is due now, in this goroutine, and returns how
// many jobs ran. It is for tests and the demo.
func (q *Queue) Drain(ctx context.Context) (int, error) {
	return q.drain(ctx, q.all())
}

// DrainKey runs what is due now of one organisation, kind and key, as Drain
// does, and leaves all other jobs to the server: for a command that ends.
func (q *Queue) DrainKey(ctx context.Context, org, kind, key string) (int, error) {
	return q.drain(ctx, q.own(org, kind, key))
}

func (q *Queue) drain(ctx context.Context, of choice) (int, error) {
	n := 0
	for ; n < 1_000_000; n++ {
		did, err := q.one(ctx, of)
		if err != nil || !did {
			return n, err
		}
	}
	return n, nil
}
