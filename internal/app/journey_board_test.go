package app

import (
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
)

// TestE20_NoticeJourneys puts a notice up in a house and finds it where people
// live, with a wide screen and script and on a phone without.
func TestE20_NoticeJourneys(t *testing.T) {
	for name, w := range map[string]browsertest.Window{
		"wide with script":     {Width: 1280, Height: 900},
		"phone without script": {Width: 390, NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			j := &journey{file: startDemo(t), browser: browsertest.Start(t), window: w, seen: map[string]bool{}}
			j.notice(t)
		})
	}
}

func (j *journey) notice(t *testing.T) {
	p := j.manager(t)
	p.Go(j.verwaltung("/aushaenge"))
	j.look(t, p, "verwaltung-aushaenge")
	p.Follow("Aushang schreiben")
	j.look(t, p, "verwaltung-aushang-liegenschaft")
	j.open(p, "Ahornallee 10–16")
	house, _, _ := strings.Cut(p.URL(), "?")
	p.Go(origin(j.lindhof()) + house + "/aushaenge")
	p.Follow("Aushang schreiben")
	p.Fill("Überschrift", "Ventile im Haus 14 werden getauscht")
	p.Follow("Aushängen")
	p.Shows("Bitte schreiben Sie, worum es geht.", "Das ist kein Tag.")
	if got := p.Value("Überschrift"); got != "Ventile im Haus 14 werden getauscht" {
		t.Errorf("the heading became %q", got)
	}
	j.look(t, p, "verwaltung-aushang-fehler")
	today := time.Now().Format(time.DateOnly)
	p.Fill("Text", "Heizung und Kaltwasser laufen weiter.")
	p.Eval(`for (const [n, v] of Object.entries({until: "` + today + `", outage: "hot_water", outage_from: "` + today + `T08:00", outage_to: "` + today + `T23:59"})) document.querySelector("[name=" + n + "]").value = v`)
	j.look(t, p, "verwaltung-aushang-neu")
	p.Follow("Aushängen")
	p.Shows("Freigegeben", "Ventile im Haus 14 werden getauscht", "Heizung und Kaltwasser laufen weiter.")
	j.look(t, p, "verwaltung-aushang")

	r := j.visit(t)
	someone := j.lindhof().Residents[0]
	signIn(r, j.lindhof().URL, someone.Email, someone.Password)
	for range 50 { // the job that publishes runs beside
		if r.Go(origin(j.lindhof()) + "/"); r.Has("kein Warmwasser") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	r.Shows("kein Warmwasser", "Ventile im Haus 14 werden getauscht")
	j.look(t, r, "start-mit-aushang")
	r.Follow("Aushang lesen")
	r.Shows("Heizung und Kaltwasser laufen weiter.")
	j.look(t, r, "aushang")
	r.Follow("Aushänge")
	j.look(t, r, "aushaenge")

	p.Go(origin(j.lindhof()) + p.URL())
	p.Shows("1 von")
	p.Follow("Zurückziehen")
	j.look(t, p, "verwaltung-aushang-zurueckziehen")
	p.Follow("Zurückziehen")
	p.Shows("Zurückgezogen")
	if r.Go(origin(j.lindhof()) + "/aushaenge"); r.Has("Ventile im Haus 14") {
		t.Error("a withdrawn notice hangs on")
	}
}
