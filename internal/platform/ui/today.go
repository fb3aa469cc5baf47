package ui

// TodayItem is one thing that waits for staff on the page Heute.
type TodayItem struct {
	Group    TodayGroup
	Icon     IconName
	Title    string
	URL      string
	Text     string
	Meta     []string // short facts: where, since when
	Urgent   bool
	Dismiss  string // takes a POST when it is dealt with; "" for none
	MayClose bool   // whether this staff member may dismiss it
}

// TodayGroup is a part of the page Heute.
type TodayGroup string

// The parts, in the order of the page.
const (
	TodayFirst  TodayGroup = "first"  // urgent
	TodayAnswer TodayGroup = "answer" // somebody waits for a reply
	TodayTodo   TodayGroup = "todo"
)
