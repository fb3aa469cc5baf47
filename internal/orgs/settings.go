package orgs

// Settings are what an organisation decides for itself. They are stored as JSON
// and grow by adding: a value that the stored text lacks has its default.
type Settings struct {
	// LegalName, Street, Postcode, City and Country (ISO 3166-1 alpha-2) make the
	// letterhead and the return address; an empty LegalName means the name.
	LegalName string `json:"legal_name"`
	Street    string `json:"street"`
	Postcode  string `json:"postcode"`
	City      string `json:"city"`
	Country   string `json:"country"`
	// Phone, Hours ("Mo–Fr 9–12 Uhr") and Email are shown to residents.
	Phone string `json:"phone"`
	Hours string `json:"hours"`
	Email string `json:"email"`
	// ImprintURL and PrivacyURL are https addresses of the organisation's own
	// pages, linked from every footer; "" for none.
	ImprintURL string `json:"imprint_url"`
	PrivacyURL string `json:"privacy_url"`

	Brand     string   `json:"brand"`     // "#rrggbb"
	Languages []string `json:"languages"` // offered, the first is the default; never empty
	TimeZone  string   `json:"time_zone"` // IANA name
	Currency  string   `json:"currency"`  // ISO 4217

	// InviteTriggers and InviteChannels say when and how invitations leave (X4).
	InviteTriggers []Trigger `json:"invite_triggers"`
	InviteChannels []Channel `json:"invite_channels"`
	// ReissueChannel says how lost access data are replaced (X5).
	ReissueChannel Reissue `json:"reissue_channel"`
	CodeDays       int     `json:"code_days"` // validity of codes in letters, in days
	// WhoMayRegister says who of a lease may have an own access (X8).
	WhoMayRegister Registrants `json:"who_may_register"`
	// MovedOutAccess and MovedOutMonths say what remains after a lease (X14).
	MovedOutAccess MovedOut `json:"moved_out_access"`
	MovedOutMonths int      `json:"moved_out_months"` // after the last day; with own_period_read_only

	// Letters holds an organisation's own words per language; a language or
	// paragraph that is missing has the product's words.
	Letters       map[string]LetterText `json:"letters"`
	LetterContact string                `json:"letter_contact"` // who answers questions: "Jette Petersen"
	LetterFooter  []string              `json:"letter_footer"`  // lines at the foot: register, bank, managing director

	// SenderName and SenderAddress stand in From of mails; empty: the
	// organisation's name, the installation's address.
	SenderName    string `json:"sender_name"`
	SenderAddress string `json:"sender_address"`

	// ContactMode says how residents write: free messages, cases, or both (X6).
	ContactMode ContactMode `json:"contact_mode"`
	// MailContent says whether mails of news carry its text; TransactionalMailBasis
	// that residents without an own access may be written to by e-mail without a
	// recorded consent (X7).
	MailContent            MailContent `json:"mail_content"`
	TransactionalMailBasis bool        `json:"transactional_mail_basis"`
	// Couples says from when on a lease gets no more paper (W4).
	Couples Couples `json:"couples"`
	// EmailChange says how a resident changes contact data, ERPDays within how
	// many working days the organisation's own system confirms it (X1).
	EmailChange EmailChange `json:"email_change"`
	ERPDays     int         `json:"erp_days"`
	// Landing is the page after sign-in (X12).
	Landing Landing `json:"landing"`
	// LeaseDocumentsFrom is the day of signature from which on lease contracts
	// are shown (X11); "" shows all.
	LeaseDocumentsFrom string `json:"lease_documents_from"`
	// CaseDays is after how many days an unanswered case stands on Heute.
	CaseDays int `json:"case_days"`
	// QuietFrom and QuietTo ("22:00") are when nothing that is not urgent is
	// mailed or pushed; equal times mean never. DigestAt is when the day's notices
	// are mailed in one.
	QuietFrom string `json:"quiet_from"`
	QuietTo   string `json:"quiet_to"`
	DigestAt  string `json:"digest_at"`
	// Retention holds after how many months items of a class end; 0 keeps them.
	Retention map[RetentionClass]int `json:"retention"`

	// EmergencyNumbers stand on sign-in, error and report pages.
	EmergencyNumbers []EmergencyNumber `json:"emergency_numbers"`
}

// Trigger is an event that sends invitations.
type Trigger string

// The triggers.
const (
	OnRelease      Trigger = "release"       // a property is released for the portal (A4)
	OnFirstMessage Trigger = "first_message" // the first message to somebody without access (E8, E9)
	ByHand         Trigger = "manual"        // staff invite single persons (K10, E10)
)

// Channel is a way by which an invitation goes out.
type Channel string

// The channels.
const (
	ByEmail Channel = "email"
	ByPost  Channel = "post"
)

// Reissue says by which channels lost access data may be replaced.
type Reissue string

// The values of X5.
const (
	ReissuePost Reissue = "post_only"
	ReissueBoth Reissue = "email_or_post"
)

// Registrants says who of a lease may have an own access.
type Registrants string

// The values of X8.
const (
	ContractParties     Registrants = "contract_parties"
	PlusListedResidents Registrants = "plus_listed_residents"
)

// MovedOut says what a former resident may still see.
type MovedOut string

// The values of X14.
const (
	MovedOutNone      MovedOut = "none"
	MovedOutOwnPeriod MovedOut = "own_period_read_only"
)

// LetterText is an organisation's own wording of the access letter in one
// language; an empty part keeps the product's words. Blank lines part
// paragraphs.
type LetterText struct {
	Intro   string `json:"intro"`
	Closing string `json:"closing"`
}

// EmergencyNumber is one number for urgent matters.
type EmergencyNumber struct {
	Label  string `json:"label"`  // "Notdienst der Verwaltung"
	Number string `json:"number"` // as one dials it: "030 23125 900"
	Note   string `json:"note"`   // "Tag und Nacht"; may be empty
}

// Limits of settings. Lengths are in characters.
const (
	MinCodeDays       = 14
	MaxCodeDays       = 180
	MaxMovedOutMonths = 120
	MaxIntro          = 600 // the letter must stay one page
	MaxClosing        = 400
	MaxFooterLines    = 4
	MaxFooterLine     = 60
	MaxEmergency      = 8
	maxLine           = 120
)

// DefaultBrand is the colour of an organisation that has chosen none.
const DefaultBrand = "#17565f"

// Countries, Zones and Currencies are what the choices offer, usual ones first.
var (
	Countries  = []string{"DE", "AT", "CH", "LI", "LU", "BE", "NL", "FR", "IT", "DK", "SE", "NO", "PL", "CZ"}
	Zones      = []string{"Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/Vaduz", "Europe/Luxembourg", "Europe/Brussels", "Europe/Amsterdam", "Europe/Paris", "Europe/Rome", "Europe/Copenhagen", "Europe/Stockholm", "Europe/Oslo", "Europe/Warsaw", "Europe/Prague"}
	Currencies = []string{"EUR", "CHF", "DKK", "SEK", "NOK", "PLN", "CZK"}
)

// Defaults returns the settings of an organisation that has decided nothing.
func Defaults() Settings {
	return Settings{
		Country: "DE", Brand: DefaultBrand, Languages: []string{"de", "en"}, TimeZone: "Europe/Berlin", Currency: "EUR",
		InviteTriggers: []Trigger{OnRelease, OnFirstMessage, ByHand}, InviteChannels: []Channel{ByEmail, ByPost},
		ReissueChannel: ReissueBoth, CodeDays: 60, ContactMode: ContactBoth, MailContent: MailNotice, Couples: CouplesAll, EmailChange: ChangeByERP, ERPDays: 4,
		Landing: LandOverview, CaseDays: 3, QuietFrom: "22:00", QuietTo: "07:00", DigestAt: "07:00", Retention: DefaultRetention(), WhoMayRegister: ContractParties,
		// A landlord has twelve months after the accounting year to settle
		// (§ 556 (3) BGB), so the last statement comes up to 24 months later.
		MovedOutAccess: MovedOutOwnPeriod, MovedOutMonths: 24,
		Letters: map[string]LetterText{}, LetterFooter: []string{}, EmergencyNumbers: []EmergencyNumber{},
	}
}
