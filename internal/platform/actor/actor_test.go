package actor

import (
	"errors"
	"testing"

	"foyer/internal/platform/fault"
)

// The table of requirements.md, section Decided, row by row: which of
// proprietor, administrator, manager, clerk, caretaker, read-only has a right.
func TestRightsOfRoles(t *testing.T) {
	table := map[Right]string{
		ManageOrg: "xx----", EditPortfolio: "xxx---", IssueAccess: "xxxx--", ReadPortfolio: "xxxxxx",
		AnswerMessages: "xxxx--", ReadMessages: "xxxx-x", ReadCases: "xxxxxx", AnswerCases: "xxxxx-", PublishDocuments: "xxxx--", PublishNotices: "xxxxx-",
		EditConsumption: "xxx---", ReadConsumption: "xxxx-x", EditBadges: "xxxx--", BlockBadges: "xxxxx-", ReadBadges: "xxxxxx",
		EditInvoices: "xxx---", ReadInvoices: "xxxx-x", ViewAsResident: "xx----", Self: "------", System: "------", Operate: "------",
	}
	for right, row := range table {
		for i, role := range Roles {
			if got := RoleHas(role, right); got != (row[i] == 'x') {
				t.Errorf("%s has %s: %v", role, right, got)
			}
		}
	}
}

func TestActors(t *testing.T) {
	var zero Actor
	if zero.Has(Everyone) || zero.Must(None) == nil || zero.Scope().Org() != "" {
		t.Error("the zero actor may do something")
	}
	s := NewStaff("o", "a", "s", "Jette", Clerk, true, []string{"p1"})
	if !s.MayProperty("p1") || s.MayProperty("p2") || s.Label() != "staff:s" {
		t.Error("limits of staff")
	}
	if err := s.Must(ManageOrg); !errors.Is(err, fault.ErrDenied) {
		t.Errorf("clerk may manage the organisation: %v", err)
	}
	r := NewResident("o", "a", []string{"p"})
	r.Persons()[0] = "other"
	if r.Persons()[0] != "p" || r.Has(StaffSelf) {
		t.Error("a resident's persons can be changed from outside, or a resident is staff")
	}
}
