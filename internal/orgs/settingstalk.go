package orgs

import (
	"regexp"
	"slices"
	"time"

	"foyer/internal/platform/fault"
)

// ContactMode says how residents write to the organisation.
type ContactMode string

// The values of X6.
const (
	ContactMessages ContactMode = "messages"
	ContactCases    ContactMode = "cases"
	ContactBoth     ContactMode = "both"
)

// MailContent says what mails of news carry.
type MailContent string

// The values of mail_content. With the full text it goes to persons with a
// recorded consent only.
const (
	MailNotice   MailContent = "notice"
	MailFullText MailContent = "full_text"
)

// Couples says when a lease with several parties is reached without paper.
type Couples string

// The values of W4.
const (
	CouplesOne Couples = "one" // as soon as one party has confirmed the access
	CouplesAll Couples = "all" // as soon as every party has
)

// EmailChange says how a resident's new contact data take effect.
type EmailChange string

// The values of X1.
const (
	ChangeLocked EmailChange = "locked"        // by the organisation only
	ChangeAtOnce EmailChange = "self_service"  // once the new address is confirmed
	ChangeByERP  EmailChange = "erp_confirmed" // when the organisation's own system has it
)

// Landing is where residents arrive after sign-in.
type Landing string

// The values of X12.
const (
	LandMessages Landing = "messages"
	LandOverview Landing = "overview"
)

// RetentionClass is a kind of items with a common end.
type RetentionClass string

// The classes.
const (
	RetainMessages  RetentionClass = "messages"
	RetainCases     RetentionClass = "cases"
	RetainNotices   RetentionClass = "notices"
	RetainDocuments RetentionClass = "documents"
	RetainContacts  RetentionClass = "contact_changes"
	RetainDelivery  RetentionClass = "deliveries"
)

// RetentionClasses lists the classes in the order of the settings page.
var RetentionClasses = []RetentionClass{RetainMessages, RetainCases, RetainNotices, RetainDocuments, RetainContacts, RetainDelivery}

// Limits of these settings.
const (
	MaxERPDays         = 30
	MaxCaseDays        = 60
	MaxRetentionMonths = 360
)

// DefaultRetention returns how long items are kept when nothing was decided, in
// months after their end: messages, cases and contact changes three years to the
// end of the year (§ 195, § 199 BGB: rounded up to four), proofs of delivery as
// long, notices one year, documents until somebody decides.
func DefaultRetention() map[RetentionClass]int {
	return map[RetentionClass]int{RetainMessages: 48, RetainCases: 48, RetainNotices: 12, RetainDocuments: 0, RetainContacts: 48, RetainDelivery: 48}
}

var clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func (c *Edit) checkTalk(bad *fault.Invalid) {
	s := &c.Settings
	one(bad, "contact_mode", s.ContactMode, []ContactMode{ContactMessages, ContactCases, ContactBoth})
	one(bad, "mail_content", s.MailContent, []MailContent{MailNotice, MailFullText})
	one(bad, "couples", s.Couples, []Couples{CouplesOne, CouplesAll})
	one(bad, "email_change", s.EmailChange, []EmailChange{ChangeLocked, ChangeAtOnce, ChangeByERP})
	one(bad, "landing", s.Landing, []Landing{LandMessages, LandOverview})
	between(bad, "erp_days", s.ERPDays, 1, MaxERPDays)
	between(bad, "case_days", s.CaseDays, 1, MaxCaseDays)
	if _, err := time.Parse(time.DateOnly, s.LeaseDocumentsFrom); s.LeaseDocumentsFrom != "" && err != nil {
		bad.Add("lease_documents_from", "orgs.day")
	}
	for name, at := range map[string]string{"quiet_from": s.QuietFrom, "quiet_to": s.QuietTo, "digest_at": s.DigestAt} {
		if !clockTime.MatchString(at) {
			bad.Add(name, "orgs.clock")
		}
	}
	kept := map[RetentionClass]int{}
	for class, months := range s.Retention {
		if !slices.Contains(RetentionClasses, class) {
			bad.Add("retention_"+string(class), "orgs.choice")
			continue
		}
		between(bad, "retention_"+string(class), months, 0, MaxRetentionMonths)
		kept[class] = months
	}
	s.Retention = kept
}
