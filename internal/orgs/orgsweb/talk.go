package orgsweb

import (
	"foyer/internal/orgs"
	"foyer/internal/platform/web"
)

// retentionLabels name the classes of items.
var retentionLabels = map[orgs.RetentionClass]string{
	orgs.RetainMessages: "orgsweb.keep.messages", orgs.RetainCases: "orgsweb.keep.cases", orgs.RetainNotices: "orgsweb.keep.notices",
	orgs.RetainDocuments: "orgsweb.keep.documents", orgs.RetainContacts: "orgsweb.keep.contact_changes", orgs.RetainDelivery: "orgsweb.keep.deliveries",
}

func applyContact(f web.Form, e *orgs.Edit) {
	s := &e.Settings
	s.ContactMode, s.Landing, s.CaseDays = orgs.ContactMode(f.Text("contact_mode")), orgs.Landing(f.Text("landing")), number(f, "case_days")
}

func applyNews(f web.Form, e *orgs.Edit) {
	s := &e.Settings
	s.MailContent, s.TransactionalMailBasis, s.Couples = orgs.MailContent(f.Text("mail_content")), f.On("transactional_mail_basis"), orgs.Couples(f.Text("couples"))
	s.QuietFrom, s.QuietTo, s.DigestAt = f.Text("quiet_from"), f.Text("quiet_to"), f.Text("digest_at")
}

func applyChange(f web.Form, e *orgs.Edit) {
	e.Settings.EmailChange, e.Settings.ERPDays = orgs.EmailChange(f.Text("email_change")), number(f, "erp_days")
}

func applyKeep(f web.Form, e *orgs.Edit) {
	e.Settings.LeaseDocumentsFrom = f.Text("lease_documents_from")
	e.Settings.Retention = map[orgs.RetentionClass]int{}
	for _, class := range orgs.RetentionClasses {
		e.Settings.Retention[class] = number(f, "retention_"+string(class))
	}
}
