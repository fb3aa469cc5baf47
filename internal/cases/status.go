package cases

import (
	"time"

	"foyer/internal/conversations"
)

// Status is how far a case is.
type Status string

// The statuses, in the order of a case's life.
const (
	Open       Status = "open"
	InProgress Status = "in_progress"
	Waiting    Status = "waiting_resident" // the resident has to do something
	Done       Status = "done"
)

// Statuses lists them in their order.
var Statuses = []Status{Open, InProgress, Waiting, Done}

// Key is the catalogue key of the status' name.
func (s Status) Key() string { return "cases.status." + string(s) }

// ReopenDays is for how many days after the end a resident may open a case
// again.
const ReopenDays = 14

// Step tells whether a side may move a case from one status to another; why is
// the catalogue key of the reason when not. doneAt is when the case was done,
// reason what the side said about the step.
func Step(side conversations.Side, from, to Status, doneAt, now time.Time, reason string) (why string) {
	if from == to {
		return "cases.step.same"
	}
	if side == conversations.ByResident {
		switch {
		case to == Done:
			return ""
		case from == Done && to == Open && !MayReopen(from, doneAt, now):
			return "cases.step.too_late"
		case from == Done && to == Open && reason == "":
			return "cases.step.say_why"
		case from == Done && to == Open, from == Waiting && to == InProgress:
			return ""
		}
		return "cases.step.not_yours"
	}
	switch {
	case to == Open && from != Done:
		return "cases.step.begun"
	case to == Waiting && reason == "":
		return "cases.step.say_what"
	case from == Done && reason == "":
		return "cases.step.say_why"
	case to != Open && to != InProgress && to != Waiting && to != Done:
		return "cases.step.unknown"
	}
	return ""
}

// MayReopen tells whether a resident may still open a case again.
func MayReopen(s Status, doneAt, now time.Time) bool {
	return s == Done && !doneAt.IsZero() && now.Before(doneAt.AddDate(0, 0, ReopenDays))
}

// Urgency is how soon something has to happen.
type Urgency string

// The urgencies.
const (
	Later Urgency = "later" // it can wait
	Soon  Urgency = "soon"
	Now   Urgency = "now"
)

// Urgencies lists them in the order of the form.
var Urgencies = []Urgency{Later, Soon, Now}

// Key is the catalogue key of the urgency's name.
func (u Urgency) Key() string { return "cases.urgency." + string(u) }

// Valid tells whether u is one of them.
func (u Urgency) Valid() bool { return u == Later || u == Soon || u == Now }
