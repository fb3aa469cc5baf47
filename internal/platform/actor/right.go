package actor

// Right is one thing that an actor may do. Routes name the right, use-cases
// check it again.
type Right uint8

// The rights. Everyone is the explicit right of public routes; Self is that of
// every signed-in resident over what is his own.
const (
	None Right = iota
	Everyone
	Self
	StaffSelf        // a signed-in staff member: own profile, list of places
	ManageOrg        // organisation settings, staff, tokens, retention
	EditPortfolio    // import, edit persons and leases, confirm contact changes
	IssueAccess      // issue, revoke, reset access; letters
	ReadPortfolio    // properties, units, persons, states of access
	ReadMessages     // messages: read
	AnswerMessages   // messages: answer, assign
	ReadCases        // cases: read; a caretaker those that are assigned to him
	AnswerCases      // cases: answer, assign; a caretaker those that are assigned to him
	PublishDocuments // documents
	PublishNotices   // notices
	ReadConsumption  // consumption data, statements, evidence: read
	EditConsumption
	ReadBadges
	BlockBadges
	EditBadges
	ReadInvoices
	EditInvoices
	ReadDocuments  // documents: read
	ViewAsResident // view as resident, audit, exports of personal data
	Operate        // the command line of the installation
	System         // jobs
	count
)

var names = [count]string{"none", "everyone", "self", "staff", "manage-org", "edit-portfolio", "issue-access", "read-portfolio",
	"read-messages", "answer-messages", "read-cases", "answer-cases", "publish-documents", "publish-notices", "read-consumption", "edit-consumption",
	"read-badges", "block-badges", "edit-badges", "read-invoices", "edit-invoices", "read-documents", "view-as-resident", "operate", "system"}

// String returns the right's name for lists and logs.
func (r Right) String() string {
	if r < count {
		return names[r]
	}
	return "?"
}

// Writes tells whether the right is one to change things; a GET route must not
// ask for it. Self and Everyone are judged by the route's method alone.
func (r Right) Writes() bool {
	switch r {
	case AnswerMessages, AnswerCases, PublishDocuments, PublishNotices, EditConsumption, BlockBadges, EditBadges, EditInvoices:
		return true
	}
	return false
}

// Role is a staff role.
type Role string

// The staff roles, most powerful first.
const (
	Proprietor    Role = "proprietor"
	Administrator Role = "administrator"
	Manager       Role = "manager"
	Clerk         Role = "clerk"
	Caretaker     Role = "caretaker"
	ReadOnly      Role = "readonly"
)

// Roles lists the staff roles in order.
var Roles = []Role{Proprietor, Administrator, Manager, Clerk, Caretaker, ReadOnly}

type rights uint64

func set(list ...Right) (s rights) {
	for _, r := range list {
		s |= 1 << r
	}
	return s
}

var reading = set(Everyone, StaffSelf, ReadPortfolio)

// byRole is the table of requirements.md. That an administrator may neither
// delete the organisation nor touch proprietors is a rule of orgs.
var byRole = map[Role]rights{
	Proprietor:    reading | office | set(ManageOrg, EditPortfolio, EditConsumption, EditInvoices, ViewAsResident),
	Administrator: reading | office | set(ManageOrg, EditPortfolio, EditConsumption, EditInvoices, ViewAsResident),
	Manager:       reading | office | set(EditPortfolio, EditConsumption, EditInvoices),
	Clerk:         reading | office,
	Caretaker:     reading | set(ReadCases, AnswerCases, PublishNotices, BlockBadges, ReadBadges),
	ReadOnly:      reading | set(ReadMessages, ReadCases, ReadDocuments, ReadConsumption, ReadBadges, ReadInvoices),
}

// office is what everybody at a desk may do.
var office = set(ReadDocuments, IssueAccess, ReadMessages, AnswerMessages, ReadCases, AnswerCases, PublishDocuments, PublishNotices,
	ReadConsumption, ReadBadges, BlockBadges, EditBadges, ReadInvoices)

// RoleHas tells whether a role has a right.
func RoleHas(role Role, r Right) bool { return byRole[role]&(1<<r) != 0 }
