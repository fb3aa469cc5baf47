package residentlist

// Usage is what a unit is used for; "" when the list does not say.
type Usage string

// The uses.
const (
	Flat       Usage = "flat"
	Commercial Usage = "commercial"
	Parking    Usage = "parking"
	Storage    Usage = "storage"
)

// Role is what a person is in a lease; "" when the list does not say.
type Role string

// The roles.
const (
	ContractParty Role = "contract_party"
	CoResident    Role = "co_resident"
	Owner         Role = "owner"
)

// Tri is yes, no, or not said.
type Tri int8

// The three answers.
const (
	Unsaid Tri = iota
	Yes
	No
)

// Row is one person in one lease as the list says it. Texts are trimmed, in
// NFC and without control characters; "" and 0 mean that the list says nothing.
// Days are YYYY-MM-DD, countries ISO 3166-1 alpha-2, amounts minor units
// (hundredths) of Currency, which is never "".
type Row struct {
	Number int // as a spreadsheet shows it

	PropertyRef, PropertyName string

	// The building. Country is never "": the organisation's when the list says none.
	Street, HouseNumber, Postcode, City, Country string

	Stairwell, UnitRef, UnitLabel, Floor string
	Area                                 int64 // hundredths of a square metre
	Rooms                                int64 // tenths of a room
	Usage                                Usage
	UVINeeded                            Tri

	LeaseRef, LeaseStart         string
	LeaseEnd                     string // last day; "" when it is open
	LeaseSignedOn                string
	RentNet, RentService         int64
	RentHeating, Deposit         int64
	Currency                     string // ISO 4217
	NoticePeriod                 string // as written
	PersonRef                    string
	Role                         Role
	Salutation                   string // mr, mrs, family, company or ""
	Title                        string
	FirstName, LastName, Company string
	Language                     string // ISO 639-1
	Email                        string // canonical, see package email
	EmailConsentOn               string
	Phone                        string
	PostName, PostStreet         string
	PostPostcode, PostCity       string
	PostCountry                  string
}
