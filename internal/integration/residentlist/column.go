package residentlist

import "slices"

// Column is the canonical name of a column of the resident list.
type Column string

// The canonical columns, in the order in which a list is best written.
const (
	PropertyRef    Column = "property_ref"
	PropertyName   Column = "property_name"
	Street         Column = "street"
	HouseNumber    Column = "house_number"
	Postcode       Column = "postcode"
	City           Column = "city"
	Country        Column = "country"
	Stairwell      Column = "stairwell"
	UnitRef        Column = "unit_ref"
	UnitLabel      Column = "unit_label"
	Floor          Column = "floor"
	AreaM2         Column = "area_m2"
	Rooms          Column = "rooms"
	UsageColumn    Column = "usage"
	UVINeeded      Column = "uvi_needed"
	LeaseRef       Column = "lease_ref"
	LeaseStart     Column = "lease_start"
	LeaseEnd       Column = "lease_end"
	LeaseSignedOn  Column = "lease_signed_on"
	RentNet        Column = "rent_net"
	RentService    Column = "rent_service"
	RentHeating    Column = "rent_heating"
	Currency       Column = "currency"
	Deposit        Column = "deposit"
	NoticePeriod   Column = "notice_period"
	PersonRef      Column = "person_ref"
	RoleColumn     Column = "role"
	Salutation     Column = "salutation"
	Title          Column = "title"
	FirstName      Column = "first_name"
	LastName       Column = "last_name"
	Company        Column = "company"
	Language       Column = "language"
	Email          Column = "email"
	EmailConsentOn Column = "email_consent_on"
	Phone          Column = "phone"
	PostName       Column = "post_name"
	PostStreet     Column = "post_street"
	PostPostcode   Column = "post_postcode"
	PostCity       Column = "post_city"
	PostCountry    Column = "post_country"
	// PersonKind is a helper: it tells persons from companies where both names
	// stand in one column. It is read and not kept.
	PersonKind Column = "person_kind"
	// PostHouseNumber is a helper: it is joined to post_street.
	PostHouseNumber Column = "post_house_number"
)

// columnInfo is what is known about a column whatever the file.
type columnInfo struct {
	name Column
	max  int // longest value in characters
}

var columns = []columnInfo{
	{PropertyRef, 100}, {PropertyName, 200}, {Street, 200}, {HouseNumber, 50}, {Postcode, 20}, {City, 100}, {Country, 60}, {Stairwell, 100},
	{UnitRef, 100}, {UnitLabel, 200}, {Floor, 60}, {AreaM2, 40}, {Rooms, 40}, {UsageColumn, 60}, {UVINeeded, 40},
	{LeaseRef, 100}, {LeaseStart, 40}, {LeaseEnd, 40}, {LeaseSignedOn, 40}, {RentNet, 40}, {RentService, 40}, {RentHeating, 40}, {Currency, 20}, {Deposit, 40}, {NoticePeriod, 200},
	{PersonRef, 100}, {RoleColumn, 60}, {Salutation, 60}, {Title, 60}, {FirstName, 120}, {LastName, 200}, {Company, 200}, {Language, 40},
	{Email, 320}, {EmailConsentOn, 40}, {Phone, 100}, {PostName, 200}, {PostStreet, 200}, {PostPostcode, 20}, {PostCity, 100}, {PostCountry, 60}, {PersonKind, 60}, {PostHouseNumber, 50},
}

// field is the place of a column in columns: what a row is parsed by, since
// looking names up for every cell takes longer than reading it.
type field int

const (
	fPropertyRef field = iota
	fPropertyName
	fStreet
	fHouseNumber
	fPostcode
	fCity
	fCountry
	fStairwell
	fUnitRef
	fUnitLabel
	fFloor
	fAreaM2
	fRooms
	fUsage
	fUVINeeded
	fLeaseRef
	fLeaseStart
	fLeaseEnd
	fLeaseSignedOn
	fRentNet
	fRentService
	fRentHeating
	fCurrency
	fDeposit
	fNoticePeriod
	fPersonRef
	fRole
	fSalutation
	fTitle
	fFirstName
	fLastName
	fCompany
	fLanguage
	fEmail
	fEmailConsentOn
	fPhone
	fPostName
	fPostStreet
	fPostPostcode
	fPostCity
	fPostCountry
	fPersonKind
	fPostHouseNumber
)

var columnIndex = func() map[Column]int {
	m := map[Column]int{}
	for i, c := range columns {
		m[c.name] = i
	}
	return m
}()

// Columns lists the canonical columns in their usual order, the helpers
// person_kind and post_house_number last.
func Columns() []Column {
	list := make([]Column, len(columns))
	for i, c := range columns {
		list[i] = c.name
	}
	return list
}

// Known says whether a canonical column of that name exists.
func Known(c Column) bool { _, ok := columnIndex[c]; return ok }

// together are the columns that may share one heading. The first of each is
// the one that must be in it.
var together = [][]Column{
	{Street, HouseNumber, Postcode, City},
	{PostStreet, PostPostcode, PostCity},
	{LastName, FirstName},
}

func mayShare(a, b Column) bool {
	for _, set := range together {
		if slices.Contains(set, a) && slices.Contains(set, b) {
			return true
		}
	}
	return false
}
