package residentlist

// entry lists the headings that stand for one column, or for several that
// share a value; the first heading that a file has wins. Headings are compared
// after normal, so case, umlauts, blanks and punctuation do not matter.
type entry struct {
	columns  []Column
	headings []string
	// last: only taken for a heading that nothing else has use for.
	last bool
}

func one(c Column, headings ...string) entry {
	return entry{columns: []Column{c}, headings: headings}
}

// entries are all headings that are not part of an address. A heading under
// several columns means the first of them that is still free.
var entries = []entry{
	one(PropertyRef, "Referenz-ID der Liegenschaft", "Eindeutige Referenznummer der Liegenschaft", "Referenznummer der Liegenschaft", "Liegenschaft Referenz", "Objektreferenz",
		"Objektnummer", "Objekt-Nr.", "Obj.-Nr.", "Objekt-ID", "Objektschlüssel", "Objektkürzel", "Liegenschaftsnummer", "Liegenschaft Nr.", "Liegenschafts-Nr.", "Liegenschafts-ID", "LG-Nr.",
		"Immobiliennummer", "Immobilien-ID", "Wirtschaftseinheit", "Wirtschaftseinheit Nr.", "Property ID", "Property number", "Property no.", "Property ref", "Property reference", "Property code"),
	one(PropertyName, "Name der Liegenschaft", "Liegenschaftsname", "Liegenschaftsbezeichnung", "Bezeichnung der Liegenschaft", "Name des Objekts", "Objektname", "Objektbezeichnung", "Liegenschaft", "Objekt",
		"Immobilie", "Wohnanlage", "Siedlung", "Name of property", "Name of the property", "Property name", "Property", "Estate"),
	one(Stairwell, "Aufgang", "Hauseingang", "Eingang", "Treppenhaus", "Stiege", "Gebäudename", "Name des Gebäudes", "Gebäude", "Gebäudeteil", "Haus", "Block",
		"Stairwell", "Staircase", "Entrance", "Name of building", "Building name", "Building"),
	one(UnitRef, "Referenz-ID der Einheit", "Eindeutige Referenznummer der Wohneinheit", "Eindeutige Referenznummer der Einheit", "Referenznummer der Einheit", "Einheit Referenz", "Unit ref", "Unit reference",
		"Einheiten-ID", "Einheit-ID", "Wohnungs-ID", "Unit ID", "Apartment ID"),
	one(UnitRef, unitNumbers...),
	one(UnitLabel, "Name der Einheit", "Bezeichnung der Einheit", "Einheitenbezeichnung", "Einheit Bezeichnung", "Wohnungsbezeichnung", "Wohnungsname", "Einheit", "Wohnung", "Wohneinheit", "Lage der Wohnung",
		"Wohnungslage", "Mietsache", "Mietobjekt", "Bezeichnung", "Name of unit", "Unit name", "Unit label", "Unit description", "Unit", "Apartment", "Flat", "Lage"),
	one(UnitLabel, unitNumbers...),
	one(Floor, "Etage", "Geschoss", "Stockwerk", "Stock", "Geschosslage", "Ebene", "Floor", "Storey", "Level", "Lage"),
	one(AreaM2, "Wohnfläche", "Mietfläche", "Nutzfläche", "Wohn-/Nutzfläche", "Fläche", "Fläche in m²", "Fläche qm", "Wohnungsgröße", "Objektgröße", "Größe", "Quadratmeter", "qm", "m²",
		"Living area", "Floor area", "Rental area", "Area", "Property size", "Unit size", "Size", "sqm", "Square metres", "Square meters"),
	one(Rooms, "Zimmer", "Zimmeranzahl", "Zimmerzahl", "Anzahl Zimmer", "Anzahl der Zimmer", "Zi.", "Räume", "Raumzahl", "Anzahl Räume", "Rooms", "Number of rooms", "No. of rooms", "Room count"),
	one(UsageColumn, "Einheitentyp", "Einheitstyp", "Einheitsart", "Art der Einheit", "Typ der Einheit", "Objekttyp", "Objektart", "Wohnungsart", "Wohnungstyp", "Mietobjektart", "Unit type", "Type of unit", "Property type",
		"Nutzung", "Nutzungsart", "Nutzungstyp", "Verwendung", "Usage", "Use", "Type of usage", "Type of use", "Typ", "Art", "Type", "Kind"),
	one(UVINeeded, "UVI nötig", "UVI erforderlich", "UVI benötigt", "UVI-pflichtig", "UVI-Pflicht", "UVI", "Verbrauchsinformation nötig", "Verbrauchsinformation", "unterjährige Verbrauchsinformation",
		"UVI needed", "UVI required", "Consumption information needed", "Consumption information"),
	one(LeaseRef, "Referenz-ID des Vertrags", "Vertragsreferenz", "Vertragsnummer", "Vertrags-Nr.", "Vertrag Nr.", "Vertrags-ID", "Mietvertragsnummer", "Mietvertrags-Nr.", "Mietvertrag Nr.", "Mietvertrags-ID", "MV-Nr.", "Mietvertrag", "Vertrag",
		"Lease ref", "Lease reference", "Lease number", "Lease no.", "Lease ID", "Contract number", "Contract no.", "Contract ref", "Contract reference", "Contract ID", "Contract", "Tenancy number", "Tenancy ID", "Agreement number"),
	one(LeaseStart, "Mietbeginn", "Vertragsbeginn", "Mietvertragsbeginn", "Einzug", "Einzugsdatum", "Einzug am", "Einzug zum", "Beginn Mietverhältnis", "Beginn des Mietverhältnisses", "Mietverhältnis ab", "Beginn des Mietzeitraums", "Beginn Mietzeitraum",
		"Beginn des Nutzungszeitraums", "Nutzungsbeginn", "Vertragsstart", "Vertrag ab", "Vertrag von", "Mieter seit", "Mietzeit von", "Beginn", "Startdatum", "gültig ab", "seit", "ab", "von",
		"Start of rent", "Rent start", "Lease start", "Lease start date", "Start of lease", "Start of tenancy", "Tenancy start", "Start of utilization period", "Start of utilisation period", "Start of rental period", "Contract start",
		"Move-in", "Move-in date", "Moved in", "Start date", "Start", "From"),
	one(LeaseEnd, "Mietende", "Vertragsende", "Mietvertragsende", "Auszug", "Auszugsdatum", "Auszug am", "Auszug zum", "Ende Mietverhältnis", "Ende des Mietverhältnisses", "Mietverhältnis bis", "Ende des Mietzeitraums", "Ende Mietzeitraum",
		"Ende des Nutzungszeitraums", "Nutzungsende", "Vertrag bis", "Mietzeit bis", "befristet bis", "gekündigt zum", "Kündigung zum", "Ende", "Enddatum", "gültig bis", "bis",
		"End of rent", "Rent end", "Lease end", "Lease end date", "End of lease", "End of tenancy", "Tenancy end", "End of utilization period", "End of the utilization period", "End of utilisation period", "End of rental period", "Contract end",
		"Move-out", "Move-out date", "Moved out", "End date", "End", "Until", "To"),
	one(LeaseSignedOn, "Vertragsdatum", "Mietvertragsdatum", "Datum Mietvertrag", "Mietvertrag vom", "Vertrag vom", "Vertragsabschluss", "Abschlussdatum", "Vertrag unterschrieben am", "unterschrieben am", "Unterschriftsdatum",
		"Lease signed on", "Signed on", "Date signed", "Lease date", "Contract date", "Signature date"),
	one(RentNet, "Nettokaltmiete", "Kaltmiete", "Grundmiete", "Nettomiete", "Kaltmiete netto", "Miete netto", "Miete kalt", "NKM", "Nettomietzins", "Mietzins netto", "Mietzins", "Monatsmiete", "Miete", "Net rent", "Rent net", "Base rent", "Basic rent", "Cold rent", "Monthly rent", "Rent"),
	one(RentService, "Nebenkosten", "Nebenkostenvorauszahlung", "Vorauszahlung Nebenkosten", "NK", "NK-Vorauszahlung", "NK-VZ", "Betriebskosten", "Betriebskostenvorauszahlung", "Vorauszahlung Betriebskosten", "BK", "BK-Vorauszahlung", "BK-VZ", "kalte Betriebskosten",
		"Nebenkosten akonto", "Akonto Nebenkosten", "Service charge", "Service charges", "Ancillary costs", "Operating costs", "Additional costs", "Utilities"),
	one(RentHeating, "Heizkosten", "Heizkostenvorauszahlung", "Vorauszahlung Heizkosten", "HK", "HK-Vorauszahlung", "HK-VZ", "Heizkosten akonto", "Akonto Heizkosten", "Heizung", "Heating costs", "Heating charge", "Heating prepayment", "Heating"),
	one(Currency, "Währung", "Währungscode", "Currency", "Currency code"),
	one(Deposit, "Kaution", "Mietkaution", "Kautionsbetrag", "Kautionshöhe", "Kaution Soll", "Mietsicherheit", "Mietzinsdepot", "Mietdepot", "Deposit", "Security deposit", "Rent deposit"),
	one(NoticePeriod, "Kündigungsfrist", "Kündigungsfrist Mieter", "Notice period", "Period of notice"),
	one(PersonRef, "Referenz-ID des Kontakts", "Referenz-ID der Person", "Referenz-ID des Mieters", "Eindeutige Referenznummer des Eigentümers/ Mieters", "Eindeutige Referenznummer des Mieters", "Referenznummer des Kontakts",
		"Personennummer", "Personen-Nr.", "Personen-ID", "Person-ID", "Mieternummer", "Mieter-Nr.", "Mieter-ID", "Bewohnernummer", "Bewohner-Nr.", "Nutzernummer", "Nutzer-Nr.", "Kundennummer", "Kunden-Nr.", "Debitorennummer", "Debitoren-Nr.", "Deb.-Nr.", "Debitor",
		"Geschäftspartnernummer", "Geschäftspartner-Nr.", "GP-Nr.", "Geschäftspartner", "Partnernummer", "Kontakt-ID", "Kontaktnummer", "Adressnummer", "Adress-Nr.", "Person number", "Person no.", "Tenant ID", "Tenant number", "Tenant no.", "Resident ID", "Resident number",
		"Contact ID", "Customer number", "Customer no.", "Debtor number", "Referenz-ID"),
	one(RoleColumn, "Rolle", "Rolle im Vertrag", "Vertragsart", "Vertragstyp", "Vertragspartnerart", "Personenart", "Art der Person", "Nutzerart", "Role", "Contract type", "Type of contract", "Person type"),
	{columns: []Column{RoleColumn}, headings: []string{"Nutzungsart", "Type of usage", "Type of use", "Art der Nutzung"}, last: true},
	one(PersonKind, "Mietertyp", "Mieterart", "Kundentyp", "Personentyp", "Kontakttyp", "Tenant type", "Type of tenant", "Customer type"),
	one(Salutation, "Anrede", "Anredeschlüssel", "Salutation", "Form of address", "Geschlecht", "Gender"),
	one(Title, "Titel", "akademischer Titel", "akad. Titel", "Title", "Academic title"),
	one(FirstName, "Vorname", "Vornamen", "Vorname(n)", "First name", "First names", "Forename", "Given name"),
	one(LastName, "Nachname", "Familienname", "Zuname", "Last name", "Surname", "Family name"),
	one(Company, "Firma", "Firmenname", "Firmenbezeichnung", "Unternehmen", "Unternehmensname", "Gesellschaft", "Company", "Company name", "Business name"),
	one(Language, "Korrespondenzsprache", "Sprache", "Sprachcode", "Preferred language", "Language", "Language code"),
	one(Email, "E-Mail", "E-Mail-Adresse", "Mail", "Mailadresse", "Mail-Adresse", "E-Mail privat", "E-mail address", "Private e-mail"),
	one(EmailConsentOn, "E-Mail-Einwilligung am", "E-Mail-Einwilligung", "Einwilligung E-Mail am", "Einwilligung E-Mail", "Einwilligung am", "Einwilligungsdatum", "Datum der Einwilligung", "Einverständnis E-Mail",
		"E-mail consent on", "E-mail consent", "E-mail consent date", "Consent on", "Consent date"),
	one(Phone, "Telefon", "Telefonnummer", "Telefon-Nr.", "Tel.", "Tel.-Nr.", "Telefon privat", "Mobiltelefon", "Mobilnummer", "Mobil", "Mobil-Nr.", "Handy", "Handynummer", "Natel", "Rufnummer", "Festnetz",
		"Phone", "Phone number", "Telephone", "Telephone number", "Mobile phone", "Mobile number", "Mobile", "Cell phone"),
	one(PostName, "Postempfänger", "Post-Name", "Name Postanschrift", "Postanschrift Name", "Zustellname", "Empfänger", "Zustellempfänger", "c/o", "Post name", "Mailing name", "Recipient", "Addressee"),
	{columns: []Column{LastName, FirstName}, headings: append([]string{"Name", "Mieter", "Mietername", "Name des Mieters", "Mieter Name", "Bewohner", "Bewohnername", "Name des Bewohners", "Bewohner/in", "Nutzer", "Nutzername", "Name des Nutzers",
		"Vertragspartner", "Name des Kontakts", "Kontakt", "Person", "vollständiger Name", "Tenant", "Tenant name", "Name of tenant", "Resident", "Resident name", "Name of resident", "Renter", "Lessee", "Contact name", "Contact"}, append(firstThenLast, lastThenFirst...)...), last: true},
}

// unitNumbers are references of a unit where the list has none, else its label.
var unitNumbers = []string{"Einheitennummer", "Einheitsnummer", "Einheit Nr.", "Wohnungsnummer", "Wohnungs-Nr.", "Wohnung Nr.", "Whg.-Nr.", "WE-Nr.", "WE-Nummer", "WE", "Wohneinheit Nr.", "Wohneinheitennummer", "Mieteinheit", "Mieteinheit Nr.", "ME-Nr.", "VE-Nr.",
	"Verwaltungseinheit", "Mietobjektnummer", "Mietobjekt-Nr.", "Nutzeinheit", "Nutzeinheit Nr.", "NE-Nr.", "NE-Nummer", "Unit number", "Unit no.", "Unit code", "Apartment number", "Apartment no.", "Flat number", "Flat no."}

// Headings that say in which order the names stand.
var (
	firstThenLast = []string{"Vorname Nachname", "Vorname und Nachname", "Vor- und Nachname", "Vorname Name", "Vor- und Zuname", "First and last name", "First name last name", "Full name"}
	lastThenFirst = []string{"Nachname Vorname", "Nachname und Vorname", "Name Vorname", "Name und Vorname", "Last name first name", "Surname, first name"}
)
