package residentlist

// The parts of an address. A heading without a qualifier belongs to the
// building until that part is taken; from then on to the postal address.
type addressPart int

const (
	partStreet addressPart = iota
	partNumber
	partStreetNumber
	partPostcode
	partCity
	partTown // postcode and city
	partCountry
	partWhole // all of it
)

// addressBases are the headings of each part without a qualifier.
var addressBases = map[addressPart][]string{
	partStreet:   {"Straße", "Strassenname", "Str.", "Street", "Street name"},
	partNumber:   {"Hausnummer", "Haus-Nr.", "HNr.", "House number", "House no.", "Street number", "Street no."},
	partPostcode: {"PLZ", "Postleitzahl", "Postcode", "Post code", "Postal code", "ZIP", "ZIP code"},
	partCity:     {"Ort", "Stadt", "Wohnort", "Ortschaft", "Gemeinde", "City", "Town", "Place"},
	partCountry:  {"Land", "Staat", "Ländercode", "Länderkennzeichen", "Country", "Country code"},
	partStreetNumber: {"Straße und Hausnummer", "Straße Hausnummer", "Straße, Haus-Nr.", "Straße und Haus-Nr.", "Straße Nr.", "Straße und Nr.", "Straße und Nummer", "Str. Nr.",
		"Street and number", "Street and no.", "Street and house number", "Street house number"},
	partTown:  {"PLZ Ort", "PLZ und Ort", "Postleitzahl und Ort", "Postleitzahl Ort", "Ort mit PLZ", "Postcode and city", "Postcode city", "Postal code and city", "ZIP and town", "ZIP town", "ZIP city", "ZIP and city"},
	partWhole: {"Adresse", "Anschrift", "Wohnadresse", "Wohnanschrift", "Address", "Street address"},
}

// numberAfterStreet are headings of the house number only right behind the
// street: elsewhere they count rows.
var numberAfterStreet = []string{"Nr.", "Nummer", "No.", "Number"}

// Qualifiers say whose address it is: written before or behind a base, as one
// word or with "der", "des", "of the".
var (
	buildingQualifiers = []string{"Objekt", "Liegenschaft", "Gebäude", "Haus", "Einheit", "Wohnung", "Wohneinheit", "Mietobjekt", "Nutzeinheit", "Immobilie", "Property", "Building", "Unit", "Apartment", "Flat"}
	postQualifiers     = []string{"Post", "Postanschrift", "Postadresse", "Korrespondenz", "Korrespondenzadresse", "Zustellung", "Zustell", "Zustelladresse", "Versand", "Empfänger", "Kontakt", "Mieter", "Bewohner", "Nutzer", "Person", "Eigentümer",
		"Postal", "Post address", "Mailing", "Correspondence", "Contact", "Tenant", "Resident", "Owner"}
)

// postWhole are headings of a whole postal address.
var postWhole = []string{"Postanschrift", "Postadresse", "Korrespondenzadresse", "Korrespondenzanschrift", "Zustelladresse", "Zustellanschrift", "Versandadresse", "abweichende Anschrift", "abweichende Adresse", "Postal address", "Mailing address", "Correspondence address"}

// personQualifiers stand before or behind the headings of a person's own
// columns: "Vorname Mieter", "Mieter-E-Mail".
var personQualifiers = []string{"Mieter", "Bewohner", "Nutzer", "Kontakt", "Person", "Vertragspartner", "Tenant", "Resident", "Contact", "Renter", "Lessee"}

// personColumns are those columns.
var personColumns = []Column{Salutation, Title, FirstName, LastName, Company, Language, Email, Phone}

var buildingColumns = map[addressPart][]Column{
	partStreet: {Street}, partNumber: {HouseNumber}, partStreetNumber: {Street, HouseNumber}, partPostcode: {Postcode}, partCity: {City},
	partTown: {Postcode, City}, partCountry: {Country}, partWhole: {Street, HouseNumber, Postcode, City},
}

var postColumns = map[addressPart][]Column{
	partStreet: {PostStreet}, partNumber: {PostHouseNumber}, partStreetNumber: {PostStreet}, partPostcode: {PostPostcode}, partCity: {PostCity},
	partTown: {PostPostcode, PostCity}, partCountry: {PostCountry}, partWhole: {PostStreet, PostPostcode, PostCity},
}
