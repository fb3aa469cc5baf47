package letter

import (
	"bytes"
	"testing"
	"time"
)

// created is the date in the head of every test file.
var created = time.Date(2026, 11, 10, 8, 30, 0, 0, time.UTC)

func testSender() Sender {
	return Sender{
		Name: "Lindhof Hausverwaltung", Street: "Werftstraße 8", PostcodeCity: "12459 Berlin",
		FootLines: [3][]string{
			{"Lindhof Hausverwaltung GmbH", "Werftstraße 8, 12459 Berlin", "Geschäftsführerin: Inga Lindhof"},
			{"Telefon 030 23125 100", "hallo@lindhof.example", "portal.lindhof.example"},
			{"Amtsgericht Berlin, HRB 000000", "USt-IdNr. DE000000000", "IBAN DE00 0000 0000 0000 0000 00"},
		},
		Brand: "#17565f",
	}
}

const testURL = "https://portal.lindhof.example/registrieren?k=Zk3vQ0aXb7rT1mYw8nLc5A"

// german is the letter of the mock-up.
func german() Letter {
	return Letter{
		Lang: "de",
		To:   []string{"Frau", "Marlene Brandt", "Ahornallee 14, Wohnung 5", "12623 Berlin"},
		Info: [][2]string{
			{"Datum", "10. November 2026"}, {"Wohnung", "Nr. 5, 2. OG links"}, {"Vertrag", "14-05-2"},
			{"Ansprechpartnerin", "Jette Petersen"}, {"Telefon", "030\u00a023125\u00a0100"},
		},
		Subject:    "Ihr Zugang zum Bewohnerportal",
		Salutation: "Guten Tag, Frau Brandt,",
		Intro: []string{"ab sofort finden Sie Ihren monatlichen Verbrauch, Ihre Unterlagen und alle Nachrichten von uns an einem Ort. " +
			"Sie können dort auch Schäden melden. Das Portal ist für Sie kostenlos."},
		BoxTitle: "So richten Sie Ihren Zugang ein",
		Steps: []Step{
			{Text: "Scannen Sie den QR-Code mit dem Telefon. Oder öffnen Sie im Browser **portal.lindhof.example** und wählen Sie „Mit Zugangscode registrieren“."},
			{Text: "Prüfen Sie Ihren Zugangscode:", ShowCode: true},
			{Text: "Tragen Sie Ihre E-Mail-Adresse ein und legen Sie ein Passwort fest. Fertig."},
		},
		Code: "KX7M-4QPD-92TR",
		URL:  testURL,
		After: []string{
			"Der Code gilt **bis zum 10. Dezember 2026** und nur für Sie. Jonas Brandt steht auch im Mietvertrag und bekommt einen eigenen Brief. Bitte geben Sie den Code nicht weiter.",
			"Sie möchten das Portal nicht nutzen? Dann müssen Sie nichts tun. Sie bekommen alles weiterhin per Post.",
			"Fragen beantworten wir gern: 030\u00a023125\u00a0100, Montag bis Freitag, 8–16\u00a0Uhr. Wir fragen Sie nie nach Bankdaten.",
		},
		Closing: []string{"Freundliche Grüße", "Jette Petersen"},
		Note: "The portal is also available in English. Portalen findes også på dansk. " +
			"Le portail existe aussi en français. Il portale è disponibile anche in italiano.",
	}
}

// english is the same letter to someone who reads English.
func english() Letter {
	return Letter{
		Lang: "en",
		To:   []string{"Ms", "Aoife O’Connor-Nwosu", "Ahornallee 14, Wohnung 6", "12623 Berlin"},
		Info: [][2]string{
			{"Date", "10 November 2026"}, {"Flat", "No. 6, 2nd floor right"}, {"Contract", "14-06-1"},
			{"Your contact", "Jette Petersen"}, {"Phone", "+49\u00a030\u00a023125\u00a0100"},
		},
		Subject:    "Your access to the residents’ portal",
		Salutation: "Dear Ms O’Connor-Nwosu,",
		Intro: []string{"From now on you will find your monthly consumption, your documents and all our messages in one place. " +
			"You can also report damage there. The portal is free of charge for you."},
		BoxTitle: "How to set up your access",
		Steps: []Step{
			{Text: "Scan the QR code with your phone. Or open **portal.lindhof.example** in a browser and choose “Register with an access code”."},
			{Text: "Check your access code:", ShowCode: true},
			{Text: "Enter your e-mail address and choose a password. That is all."},
		},
		Code: "9TQH-2MFX-C7WE",
		URL:  "https://portal.lindhof.example/registrieren?k=Rm9vYmFyQmF6UXV4MTIzNA",
		After: []string{
			"The code is valid **until 10 December 2026** and only for you. Please do not pass it on.",
			"You do not want to use the portal? Then you need not do anything. You will still get everything by post.",
			"We are happy to answer questions: +49\u00a030\u00a023125\u00a0100, Monday to Friday, 8\u00a0am to 4\u00a0pm. We never ask for your bank details.",
		},
		Closing: []string{"Kind regards", "Jette Petersen"},
		Note:    "Das Portal gibt es auch auf Deutsch.",
	}
}

// build makes a file of the given letters; each must succeed.
func build(t testing.TB, s Sender, letters ...Letter) []byte {
	t.Helper()
	var out bytes.Buffer
	b, err := New(&out, s, Options{Title: "Zugangsschreiben", Author: s.Name, CreatedAt: created})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	for i, l := range letters {
		if err := b.Add(l); err != nil {
			t.Fatalf("letter %d: %v", i, err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return out.Bytes()
}
