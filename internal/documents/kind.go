package documents

import "slices"

// Kind says what a document is.
type Kind string

// The kinds, as the catalogue names them: documents.kind.<kind>.
const (
	Contract    Kind = "contract"    // lease contract and what belongs to it: X11 rules it
	Statement   Kind = "statement"   // annual statement of costs
	Certificate Kind = "certificate" // landlord's confirmation, reference
	Rules       Kind = "rules"       // house rules: hold until they are replaced
	Minutes     Kind = "minutes"     // of an owners' meeting, handover record
	Letter      Kind = "letter"      // rent adjustment and other letters
	Budget      Kind = "budget"      // economic plan of an owners' community
	Other       Kind = "other"
)

// Kinds lists the kinds in the order of choices.
var Kinds = []Kind{Contract, Statement, Certificate, Rules, Minutes, Letter, Budget, Other}

// Known tells whether there is such a kind.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Key returns the catalogue key of the kind's name.
func (k Kind) Key() string { return "documents.kind." + string(k) }
